// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.Program;
import gander.graph.op.Variable;

/** A backend that does what another does, for tests that change one thing. */
public abstract class WrappedBackend implements Backend {
  private final Backend inner;

  protected WrappedBackend(Backend inner) {
    this.inner = inner;
  }

  @Override
  public String device() {
    return inner.device();
  }

  @Override
  public String describe() {
    return inner.describe();
  }

  @Override
  public Program compile(Graph graph) {
    return inner.compile(graph);
  }

  @Override
  public long roomBytes() {
    return inner.roomBytes();
  }

  @Override
  public void write(Variable variable, double[] values) {
    inner.write(variable, values);
  }

  @Override
  public void write(Variable variable, float[] values) {
    inner.write(variable, values);
  }

  @Override
  public double[] read(Variable variable) {
    return inner.read(variable);
  }

  @Override
  public void finish() {
    inner.finish();
  }

  @Override
  public void close() {
    inner.close();
  }
}
