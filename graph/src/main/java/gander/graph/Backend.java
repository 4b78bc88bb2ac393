// SPDX-License-Identifier: Apache-2.0
package gander.graph;

import gander.graph.op.Variable;

/**
 * A device as graphs see it: it compiles them to programs and holds the variables that programs
 * share. Variables are there from their first use, zero until written.
 *
 * <p>Used from the thread that opened it; closing it ends its programs and forgets its variables.
 */
public interface Backend extends AutoCloseable {
  /** The device's id, such as {@code opencl:0} or {@code reference}. */
  String device();

  /** The device in words, for reports. */
  String describe();

  Program compile(Graph graph);

  /** The most bytes that a variable should take, so that there is room for a program beside it. */
  long roomBytes();

  void write(Variable variable, double[] values);

  /** The same from single precision. */
  void write(Variable variable, float[] values);

  /** Fills a variable with zeros. */
  default void clear(Variable variable) {
    write(variable, new float[variable.shape().size()]);
  }

  /** A variable's value after all runs queued before. */
  double[] read(Variable variable);

  /** Waits until all queued runs are done. */
  void finish();

  @Override
  void close();
}
