// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A tensor that the host writes before a run, under a name. */
public record Input(String key, Shape shape) implements Op {
  @Override
  public String name() {
    return "input";
  }

  @Override
  public String describe() {
    return "input " + key;
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
    return "it is given from outside";
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
