// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A place for a tensor in the body of a composite. */
public record Parameter(int index, Shape shape) implements Op {
  /** One parameter for each of some shapes. */
  static List<Tensor> list(List<Shape> shapes) {
    var parameters = new ArrayList<Tensor>();
    for (Shape shape : shapes) {
      parameters.add(Node.of(new Parameter(parameters.size(), shape)));
    }
    return parameters;
  }

  @Override
  public String name() {
    return "parameter";
  }

  @Override
  public String describe() {
    return "parameter " + index;
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
    return "it stands for a tensor given elsewhere";
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
