// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One number in every element. */
public record Constant(double value, Shape shape) implements Op {
  @Override
  public String name() {
    return "constant";
  }

  @Override
  public String describe() {
    return "constant " + Expr.constant(value);
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    return List.of(shape);
  }

  @Override
  public List<@Nullable Tensor> gradient(Node node, List<@Nullable Tensor> gradients) {
    return List.of();
  }

  @Override
  public String nonDifferentiable() {
    return "it depends on nothing";
  }

  @Override
  public List<Values> reference(List<Values> inputs) {
    var data = new double[shape.size()];
    Arrays.fill(data, value);
    return List.of(new Values(shape, data));
  }

  @Override
  public Cost cost(List<Shape> inputs, List<Shape> outputs) {
    return Cost.FREE;
  }
}
