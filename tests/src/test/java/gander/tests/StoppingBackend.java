// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.Program;
import gander.graph.op.Variable;

/** A backend whose programs fail after so many runs, as if the power went. */
record StoppingBackend(Backend inner, int runs) implements Backend {
  /** What ends the run. */
  static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  @Override
  public Program compile(Graph graph) {
    Program program = inner.compile(graph);
    return new Program() {
      private int left = runs;

      @Override
      public void run() {
        if (left-- == 0) {
          throw new Stopped();
        }
        program.run();
      }

      @Override
      public void write(String input, double[] values) {
        program.write(input, values);
      }

      @Override
      public void write(String input, float[] values) {
        program.write(input, values);
      }

      @Override
      public void read(String output, float[] target) {
        program.read(output, target);
      }

      @Override
      public double[] read(String output) {
        return program.read(output);
      }

      @Override
      public String explain() {
        return program.explain();
      }

      @Override
      public void close() {
        program.close();
      }
    };
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
