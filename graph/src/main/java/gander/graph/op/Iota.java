// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The numbers 0, 1, ..., length-1. */
public record Iota(int length) implements Op {
  @Override
  public String name() {
    return "iota";
  }

  @Override
  public String describe() {
    return "iota " + length;
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    return List.of(Shape.of(length));
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
    double[] data = IntStream.range(0, length).asDoubleStream().toArray();
    return List.of(new Values(Shape.of(length), data));
  }

  @Override
  public Cost cost(List<Shape> inputs, List<Shape> outputs) {
    return Cost.FREE;
  }
}
