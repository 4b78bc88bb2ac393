// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A variable's value at the start of a run. */
public record Read(Variable variable) implements Op {
  @Override
  public String name() {
    return "read";
  }

  @Override
  public String describe() {
    return "variable " + variable.name();
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    return List.of(variable.shape());
  }

  @Override
  public List<@Nullable Tensor> gradient(Node node, List<@Nullable Tensor> gradients) {
    return List.of();
  }

  @Override
  public String nonDifferentiable() {
    return "it is where differentiation ends";
  }

  @Override
  public List<Values> reference(List<Values> inputs) {
    throw new IllegalStateException(describe() + " has no formula: its value is bound");
  }

  @Override
  public Cost cost(List<Shape> inputs, List<Shape> outputs) {
    return Cost.FREE;
  }
}
