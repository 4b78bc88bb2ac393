// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A range of one axis: {@code y[.., i, ..] = x[.., begin + i, ..]} for i below size. Gradient: dy
 * padded with zeros.
 */
public record Slice(int axis, int begin, int size) implements Op {
  @Override
  public String name() {
    return "slice";
  }

  @Override
  public String describe() {
    return "slice %d..%d of axis %d".formatted(begin, begin + size - 1, axis);
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    Shape x = inputs.getFirst();
    ShapeException.check(
        axis >= 0 && axis < x.rank() && begin >= 0 && size > 0 && begin + size <= x.dim(axis),
        "%s is not inside %s",
        describe(),
        x);
    return List.of(x.with(axis, size));
  }

  @Override
  public List<@Nullable Tensor> gradient(Node node, List<@Nullable Tensor> gradients) {
    Tensor dy = gradients.getFirst();
    int after = node.input(0).shape().dim(axis) - begin - size;
    return Collections.singletonList(dy == null ? null : Node.of(new Pad(axis, begin, after), dy));
  }

  @Override
  public List<Values> reference(List<Values> inputs) {
    Values x = inputs.getFirst();
    int[] strides = x.shape().strides();
    Shape y = shapes(List.of(x.shape())).getFirst();
    return List.of(Strided.copy(x.data(), begin * strides[axis], strides, y));
  }

  @Override
  public Cost cost(List<Shape> inputs, List<Shape> outputs) {
    return Cost.streaming(0, outputs, outputs);
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
        .dim("BEGIN", begin)
        .dim("SIZE", size)
        .input("x", o, x.dim(axis), i)
        .output("y", o, size, i)
        .build();
  }

  static List<Sample> samples() {
    return List.of(
        Sample.of(new Slice(0, 1, 2), Sample.normal(4)),
        Sample.of(new Slice(1, 2, 3), Sample.normal(4, 5)),
        Sample.of(new Slice(1, 0, 1), Sample.normal(3, 4, 5)),
        Sample.of(new Slice(0, 64, 64), Sample.normal(128, 256)),
        Sample.of(new Slice(1, 17, 100), Sample.normal(33, 128)),
        Sample.of(new Slice(1, 3, 5), Sample.normal(6, 9, 31)));
  }
}
