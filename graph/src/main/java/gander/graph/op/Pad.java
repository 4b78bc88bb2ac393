// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Zeros before and after the elements of one axis. Gradient: the slice between them. */
public record Pad(int axis, int before, int after) implements Op {
  @Override
  public String name() {
    return "pad";
  }

  @Override
  public String describe() {
    return "pad axis %d by %d and %d".formatted(axis, before, after);
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    Shape x = inputs.getFirst();
    ShapeException.check(
        axis >= 0 && axis < x.rank() && before >= 0 && after >= 0,
        "%s does not fit %s",
        describe(),
        x);
    return List.of(x.with(axis, before + x.dim(axis) + after));
  }

  @Override
  public List<@Nullable Tensor> gradient(Node node, List<@Nullable Tensor> gradients) {
    Tensor dy = gradients.getFirst();
    int size = node.input(0).shape().dim(axis);
    return Collections.singletonList(
        dy == null ? null : Node.of(new Slice(axis, before, size), dy));
  }

  @Override
  public List<Values> reference(List<Values> inputs) {
    Values x = inputs.getFirst();
    Values y = Values.zeros(shapes(List.of(x.shape())).getFirst());
    int[] strides = y.shape().strides();
    Strided.scatter(x, y.data(), before * strides[axis], strides);
    return List.of(y);
  }

  @Override
  public Cost cost(List<Shape> inputs, List<Shape> outputs) {
    return Cost.streaming(0, inputs, outputs);
  }

  @Override
  public Contract contract(List<Shape> inputs, List<Shape> outputs) {
    Shape x = inputs.getFirst();
    int o = x.product(0, axis);
    int i = x.product(axis + 1, x.rank());
    return Contract.of(name())
        .dim("O", o)
        .dim("R", x.dim(axis))
        .dim("I", i)
        .dim("BEFORE", before)
        .dim("AFTER", after)
        .input("x", o, x.dim(axis), i)
        .output("y", o, before + x.dim(axis) + after, i)
        .build();
  }

  static List<Sample> samples() {
    return List.of(
        Sample.of(new Pad(0, 1, 2), Sample.normal(4)),
        Sample.of(new Pad(1, 0, 3), Sample.normal(4, 5)),
        Sample.of(new Pad(1, 2, 0), Sample.normal(3, 4, 5)),
        Sample.of(new Pad(0, 64, 64), Sample.normal(128, 256)),
        Sample.of(new Pad(1, 17, 1), Sample.normal(33, 128)));
  }
}
