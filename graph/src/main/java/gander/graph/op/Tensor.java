// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

/**
 * A value in a graph: one output of a node. It owns no memory; a plan gives it an offset.
 *
 * @param index which of the producer's outputs
 */
public record Tensor(Node producer, int index) {
  public Shape shape() {
    return producer.shape(index);
  }

  public Op op() {
    return producer.op();
  }

  /** The tensor whose elements these are, in the same order, under whatever shape. */
  public Tensor behindReshapes() {
    Tensor base = this;
    while (base.op() instanceof Reshape) {
      base = base.producer().input(0);
    }
    return base;
  }

  /** How messages name this value. */
  public String describe() {
    String output = producer.outputs() == 1 ? "" : "." + index;
    return producer.op().describe() + output + " " + shape();
  }

  @Override
  public String toString() {
    return describe();
  }
}
