// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

/**
 * Memory that outlives a program's run: a parameter, a running statistic, optimizer state, the step
 * counter. Two variables are the same only if they are the same object; names are unique within a
 * backend, and are what checkpoints store.
 */
public final class Variable {
  private final String name;
  private final Shape shape;
  private final Tensor read;

  public Variable(String name, Shape shape) {
    this.name = name;
    this.shape = shape;
    this.read = Node.of(new Read(this));
  }

  public String name() {
    return name;
  }

  public Shape shape() {
    return shape;
  }

  /** The variable's value at the start of a run; always the same tensor. */
  public Tensor read() {
    return read;
  }

  @Override
  public String toString() {
    return name + shape;
  }
}
