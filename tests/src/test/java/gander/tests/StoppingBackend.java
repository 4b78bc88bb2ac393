// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.Program;
import gander.models.train.WrappedBackend;

/** A backend whose programs fail after so many runs, as if the power went. */
final class StoppingBackend extends WrappedBackend {
  private final int runs;

  StoppingBackend(Backend inner, int runs) {
    super(inner);
    this.runs = runs;
  }

  /** What ends the run. */
  static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  @Override
  public Program compile(Graph graph) {
    Program program = super.compile(graph);
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
}
