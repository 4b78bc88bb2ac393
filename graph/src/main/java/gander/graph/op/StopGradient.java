// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The same tensor, held constant: no gradient passes. The compiler removes it. */
public record StopGradient() implements Op {
  @Override
  public String name() {
    return "stop_gradient";
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    return inputs;
  }

  @Override
  public List<@Nullable Tensor> gradient(Node node, List<@Nullable Tensor> gradients) {
    var none = new ArrayList<@Nullable Tensor>();
    none.add(null);
    return none;
  }

  @Override
  public String nonDifferentiable() {
    return "that is its meaning";
  }

  @Override
  public List<Values> reference(List<Values> inputs) {
    return inputs;
  }

  @Override
  public Cost cost(List<Shape> inputs, List<Shape> outputs) {
    return Cost.FREE;
  }

  static List<Sample> samples() {
    return List.of(Sample.of(new StopGradient(), Sample.normal(3, 4)));
  }
}
