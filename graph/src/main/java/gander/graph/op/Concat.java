// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Joins tensors along one axis. Gradient: the slices of dy. */
public record Concat(int axis) implements Op {
  @Override
  public String name() {
    return "concat";
  }

  @Override
  public String describe() {
    return "concat along axis " + axis;
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    Shape first = inputs.getFirst();
    ShapeException.check(axis >= 0 && axis < first.rank(), "%s has no axis %d", first, axis);
    int joined = 0;
    for (Shape shape : inputs) {
      boolean fits =
          shape.rank() == first.rank() && shape.with(axis, 1).equals(first.with(axis, 1));
      ShapeException.check(fits, "%s and %s differ beside axis %d", first, shape, axis);
      joined += shape.dim(axis);
    }
    return List.of(first.with(axis, joined));
  }

  @Override
  public List<@Nullable Tensor> gradient(Node node, List<@Nullable Tensor> gradients) {
    Tensor dy = gradients.getFirst();
    var result = new ArrayList<@Nullable Tensor>();
    int begin = 0;
    for (Tensor input : node.inputs()) {
      int size = input.shape().dim(axis);
      result.add(dy == null ? null : Node.of(new Slice(axis, begin, size), dy));
      begin += size;
    }
    return result;
  }

  @Override
  public List<Values> reference(List<Values> inputs) {
    Values y = Values.zeros(shapes(inputs.stream().map(Values::shape).toList()).getFirst());
    int[] strides = y.shape().strides();
    int begin = 0;
    for (Values x : inputs) {
      Strided.scatter(x, y.data(), begin * strides[axis], strides);
      begin += x.shape().dim(axis);
    }
    return List.of(y);
  }

  @Override
  public Cost cost(List<Shape> inputs, List<Shape> outputs) {
    return Cost.streaming(0, inputs, outputs);
  }

  /** Null for other than two inputs; the compiler joins more of them pair by pair. */
  @Override
  public @Nullable Contract contract(List<Shape> inputs, List<Shape> outputs) {
    if (inputs.size() != 2) {
      return null;
    }
    Shape a = inputs.get(0);
    Shape b = inputs.get(1);
    int o = a.product(0, axis);
    int i = a.product(axis + 1, a.rank());
    return Contract.of(name())
        .dim("O", o)
        .dim("RA", a.dim(axis))
        .dim("RB", b.dim(axis))
        .dim("I", i)
        .input("a", o, a.dim(axis), i)
        .input("b", o, b.dim(axis), i)
        .output("y", o, a.dim(axis) + b.dim(axis), i)
        .build();
  }

  static List<Sample> samples() {
    return List.of(
        Sample.of(new Concat(0), Sample.normal(4), Sample.normal(1)),
        Sample.of(new Concat(1), Sample.normal(4, 5), Sample.normal(4, 2)),
        Sample.of(
            new Concat(1), Sample.normal(3, 1, 5), Sample.normal(3, 2, 5), Sample.normal(3, 1, 5)),
        Sample.of(new Concat(0), Sample.normal(128, 784), Sample.normal(128, 784)),
        Sample.of(new Concat(1), Sample.normal(128, 100), Sample.normal(128, 10)));
  }
}
