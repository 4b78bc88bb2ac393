// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The same elements in the same order under another shape; costs nothing on a device. */
public record Reshape(Shape shape) implements Op {
  @Override
  public String name() {
    return "reshape";
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    Shape from = inputs.getFirst();
    ShapeException.check(
        from.size() == shape.size(),
        "%d elements of %s do not make %d of %s",
        from.size(),
        from,
        shape.size(),
        shape);
    return List.of(shape);
  }

  @Override
  public List<@Nullable Tensor> gradient(Node node, List<@Nullable Tensor> gradients) {
    Tensor dy = gradients.getFirst();
    return Collections.singletonList(dy == null ? null : Ops.reshape(dy, node.input(0).shape()));
  }

  @Override
  public List<Values> reference(List<Values> inputs) {
    return List.of(new Values(shape, inputs.getFirst().data()));
  }

  @Override
  public Cost cost(List<Shape> inputs, List<Shape> outputs) {
    return Cost.FREE;
  }

  static List<Sample> samples() {
    return List.of(Sample.of(new Reshape(Shape.of(2, 6)), Sample.normal(3, 4)));
  }
}
