// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gander.graph.Backend;
import gander.graph.Program;
import gander.graph.reference.ReferenceBackend;
import gander.models.zoo.Model;
import java.util.ArrayList;
import java.util.List;

/** Two training steps of a model on the OpenCL device beside the reference's. */
final class TwoSteps {
  private TwoSteps() {}

  /** Checks their losses. */
  static void areTheReferences(Model model) {
    List<Double> expected;
    List<Double> actual;
    try (Backend reference = new ReferenceBackend()) {
      expected = twoSteps(model, reference);
    }
    try (Backend device = OpenCl.backend()) {
      actual = twoSteps(model, device);
    }
    for (int i = 0; i < expected.size(); i++) {
      int at = i;
      double tolerance = 1e-3 * Math.max(0.1, Math.abs(expected.get(i)));
      assertEquals(
          expected.get(i),
          actual.get(i),
          tolerance,
          () ->
              "%s of two steps: %s and should be %s, number %d"
                  .formatted(model.losses(), actual, expected, at));
    }
  }

  /** The losses of two steps: the second's show what the first has done to the weights. */
  private static List<Double> twoSteps(Model model, Backend backend) {
    model.initialize(backend, 5);
    var losses = new ArrayList<Double>();
    try (Program program = backend.compile(SmallRuns.step(model))) {
      SmallRuns.writeBatch(program, model);
      for (int step = 0; step < 2; step++) {
        program.run();
        model.losses().forEach(loss -> losses.add(program.readScalar(loss)));
      }
    }
    return losses;
  }
}
