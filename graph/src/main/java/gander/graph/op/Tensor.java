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
