// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import gander.graph.random.Draws;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Random numbers with a name: Philox4x32-10 keyed by (seed, name), counted by (step, element), so
 * that there is no generator state and the same numbers come on every device. Element n is word n%4
 * of counter (n/4, step, 0, 0); the formulas are in {@code kernels/include/philox.h}.
 *
 * <p>Input: the step, one number, an integer below 2^24 stored as float.
 *
 * @param key the draw's name, by which it can be replaced with an input
 */
public record Random(Kind kind, String key, long seed, Shape shape) implements Op {
  /** The distribution. */
  public enum Kind {
    /** In (0, 1]. */
    UNIFORM(0),
    /** Mean 0, variance 1. */
    NORMAL(1);

    /** {@code KIND} in kernels. */
    final int code;

    Kind(int code) {
      this.code = code;
    }
  }

  @Override
  public String name() {
    return "random";
  }

  @Override
  public String describe() {
    return (kind == Kind.UNIFORM ? "uniform " : "normal ") + key;
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    ShapeException.check(
        inputs.getFirst().size() == 1, "the step has shape %s, not one number", inputs.getFirst());
    return List.of(shape);
  }

  @Override
  public List<@Nullable Tensor> gradient(Node node, List<@Nullable Tensor> gradients) {
    return Collections.singletonList(null);
  }

  @Override
  public String nonDifferentiable() {
    return "a draw does not depend on the step continuously";
  }

  @Override
  public List<Values> reference(List<Values> inputs) {
    int step = (int) inputs.getFirst().value();
    int[] words = words();
    double[] data =
        kind == Kind.UNIFORM
            ? Draws.uniform(words[0], words[1], step, shape.size())
            : Draws.normal(words[0], words[1], step, shape.size());
    return List.of(new Values(shape, data));
  }

  /**
   * The 64-bit key: the first eight bytes of SHA-256 over the seed (little-endian) and the name.
   */
  private int[] words() {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(ByteBuffer.allocate(8).putLong(0, Long.reverseBytes(seed)));
      ByteBuffer hash = ByteBuffer.wrap(sha.digest(key.getBytes(StandardCharsets.UTF_8)));
      return new int[] {hash.getInt(), hash.getInt()};
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  @Override
  public Cost cost(List<Shape> inputs, List<Shape> outputs) {
    return Cost.streaming(0, inputs, outputs);
  }

  @Override
  public Contract contract(List<Shape> inputs, List<Shape> outputs) {
    int[] words = words();
    return Contract.of(name())
        .dim("N", shape.size())
        .dim("KIND", kind.code)
        .input("step", 1)
        .output("y", shape.size())
        .word("key0", words[0])
        .word("key1", words[1])
        .build();
  }

  static List<Sample> samples() {
    var samples = new ArrayList<Sample>();
    for (Kind kind : Kind.values()) {
      for (int size : new int[] {1, 3, 4, 17, 1000, 12800}) {
        samples.add(
            Sample.of(
                new Random(kind, "draw", 7, Shape.of(size)),
                Sample.given(Sample.Content.THREE, 1)));
      }
    }
    return samples;
  }
}
