// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Batch norm with the batch's own statistics (Ioffe and Szegedy 2015): over all axes but the last,
 * {@code y = gamma (x - mean) / sqrt(var + epsilon) + beta}, with the biased variance.
 *
 * <p>Inputs: x {@code [..., C]}, gamma {@code [C]}, beta {@code [C]}. Outputs: y, mean {@code [C]},
 * var {@code [C]}; running statistics are made from the latter two by whoever keeps them.
 */
public record BatchNorm(double epsilon) implements Composite {
  @Override
  public String name() {
    return "batch_norm";
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    Shape x = inputs.get(0);
    ShapeException.check(x.rank() >= 2, "%s has no batch axis beside its channels", x);
    Shape channels = Shape.of(x.dim(-1));
    ShapeException.check(
        inputs.get(1).equals(channels) && inputs.get(2).equals(channels),
        "gamma %s and beta %s are not one number for each of %d channels",
        inputs.get(1),
        inputs.get(2),
        x.dim(-1));
    return List.of(x, channels, channels);
  }

  @Override
  public List<Tensor> expand(List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    int[] batch = batchAxes(x.shape());
    Tensor mean = Ops.mean(x, batch);
    Tensor centred = Ops.sub(x, mean);
    Tensor variance = Ops.mean(Ops.square(centred), batch);
    Tensor normal = Ops.mul(centred, Ops.rsqrt(Ops.add(variance, epsilon)));
    Shape channels = inputs.get(1).shape();
    return List.of(
        Ops.add(Ops.mul(normal, inputs.get(1)), inputs.get(2)),
        Ops.reshape(mean, channels),
        Ops.reshape(variance, channels));
  }

  static int[] batchAxes(Shape x) {
    int[] axes = new int[x.rank() - 1];
    Arrays.setAll(axes, axis -> axis);
    return axes;
  }

  @Override
  public List<@Nullable Tensor> gradient(Node node, List<@Nullable Tensor> gradients) {
    Tensor dy = gradients.get(0);
    if (dy == null || gradients.get(1) != null || gradients.get(2) != null) {
      return Composite.super.gradient(node, gradients);
    }
    Node backward =
        new Node(
            new BatchNormGradient(epsilon),
            List.of(node.input(0), node.input(1), node.output(1), node.output(2), dy));
    return List.of(backward.output(0), backward.output(1), backward.output(2));
  }

  @Override
  public Contract contract(List<Shape> inputs, List<Shape> outputs) {
    int c = inputs.get(0).dim(-1);
    int n = inputs.get(0).size() / c;
    return Contract.of(name())
        .dim("N", n)
        .dim("C", c)
        .constant("EPSILON", epsilon)
        .hookedInput("x", n, c)
        .input("gamma", c)
        .input("beta", c)
        .hookedOutput("y", n, c)
        .output("mean", c)
        .output("var", c)
        .build();
  }

  /** Of x, small enough to check every kernel on. */
  static int[][] sizes() {
    return new int[][] {
      {2, 1},
      {4, 3},
      {1, 5},
      {5, 2, 2, 3},
      {16, 16},
      {128, 256},
      {33, 50},
      {700, 3},
      {515, 25},
      {70, 1},
      {41, 24}
    };
  }

  /** The layers of {@code gan-conv} at batch 128 and of {@code dcgan} at 64 pixels, batch 64. */
  static int[][] largeSizes() {
    return new int[][] {
      {128, 56, 56, 50},
      {128, 56, 56, 25},
      {128, 56, 56, 1},
      {64, 32, 32, 64},
      {64, 16, 16, 128},
      {64, 8, 8, 256},
      {64, 4, 4, 512}
    };
  }

  static List<Sample> largeSamples() {
    return Stream.of(largeSizes()).map(BatchNorm::normal).toList();
  }

  private static Sample normal(int[] x) {
    int c = x[x.length - 1];
    return Sample.of(new BatchNorm(1e-5), Sample.normal(x), Sample.normal(c), Sample.normal(c));
  }

  static List<Sample> samples() {
    var samples = new ArrayList<Sample>();
    for (int[] size : sizes()) {
      samples.add(normal(size));
    }
    samples.add(
        Sample.of(
            new BatchNorm(1e-5),
            Sample.given(Sample.Content.TIES, 8, 4),
            Sample.normal(4),
            Sample.given(Sample.Content.ZEROS, 4)));
    return samples;
  }
}
