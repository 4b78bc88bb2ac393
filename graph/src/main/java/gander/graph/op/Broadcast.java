// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Repeats a tensor along the axes where its extent is 1: {@code y[i,j] = x[0,j]}. The ranks are
 * equal. Gradient: the sum over the repeated axes.
 */
public record Broadcast(Shape shape) implements Op {
  @Override
  public String name() {
    return "broadcast";
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    Shape from = inputs.getFirst();
    boolean fits =
        from.rank() == shape.rank()
            && IntStream.range(0, shape.rank())
                .allMatch(axis -> from.dim(axis) == shape.dim(axis) || from.dim(axis) == 1);
    ShapeException.check(fits, "%s does not repeat to %s", from, shape);
    return List.of(shape);
  }

  /** The axes along which a tensor of this shape is repeated. */
  int[] repeated(Shape from) {
    return IntStream.range(0, shape.rank())
        .filter(axis -> from.dim(axis) != shape.dim(axis))
        .toArray();
  }

  @Override
  public List<@Nullable Tensor> gradient(Node node, List<@Nullable Tensor> gradients) {
    Tensor dy = gradients.getFirst();
    return Collections.singletonList(
        dy == null ? null : Ops.sum(dy, repeated(node.input(0).shape())));
  }

  @Override
  public List<Values> reference(List<Values> inputs) {
    Values x = inputs.getFirst();
    int[] strides = x.shape().strides();
    for (int axis : repeated(x.shape())) {
      strides[axis] = 0;
    }
    return List.of(Strided.copy(x.data(), 0, strides, shape));
  }

  @Override
  public Cost cost(List<Shape> inputs, List<Shape> outputs) {
    return Cost.streaming(0, inputs, outputs);
  }

  static List<Sample> samples() {
    return List.of(
        Sample.of(new Broadcast(Shape.of(3, 5)), Sample.normal(1, 5)),
        Sample.of(new Broadcast(Shape.of(3, 5)), Sample.normal(3, 1)),
        Sample.of(new Broadcast(Shape.of(2, 3, 4, 5)), Sample.normal(1, 3, 1, 5)),
        Sample.of(new Broadcast(Shape.of(17)), Sample.normal(1)),
        Sample.of(new Broadcast(Shape.of(128, 784)), Sample.normal(1, 784)));
  }
}
