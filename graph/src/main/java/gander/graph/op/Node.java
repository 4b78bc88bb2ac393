// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.List;
import java.util.stream.IntStream;

/** An op applied to tensors. Immutable; compared by identity. */
public final class Node {
  private final Op op;
  private final List<Tensor> inputs;
  private final List<Shape> shapes;

  /**
   * @throws ShapeException if the op cannot take inputs of these shapes
   */
  public Node(Op op, List<Tensor> inputs) {
    this.op = op;
    this.inputs = List.copyOf(inputs);
    try {
      this.shapes = List.copyOf(op.shapes(this.inputs.stream().map(Tensor::shape).toList()));
    } catch (ShapeException e) {
      throw e.between(op, this.inputs);
    }
  }

  /** The only output of an op applied to some tensors. */
  public static Tensor of(Op op, Tensor... inputs) {
    return new Node(op, List.of(inputs)).output(0);
  }

  public Op op() {
    return op;
  }

  public List<Tensor> inputs() {
    return inputs;
  }

  public Tensor input(int index) {
    return inputs.get(index);
  }

  /** How many outputs. */
  public int outputs() {
    return shapes.size();
  }

  public Tensor output(int index) {
    return new Tensor(this, index);
  }

  public List<Tensor> allOutputs() {
    return IntStream.range(0, shapes.size()).mapToObj(this::output).toList();
  }

  public Shape shape(int index) {
    return shapes.get(index);
  }

  public List<Shape> shapes() {
    return shapes;
  }

  public List<Shape> inputShapes() {
    return inputs.stream().map(Tensor::shape).toList();
  }

  @Override
  public String toString() {
    return op.describe() + inputs.stream().map(Tensor::shape).toList() + " -> " + shapes;
  }
}
