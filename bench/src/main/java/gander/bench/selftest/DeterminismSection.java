// SPDX-License-Identifier: Apache-2.0
package gander.bench.selftest;

import gander.graph.Backend;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** That a short training, done twice from the same start, ends with the same bits. */
final class DeterminismSection {
  static final String NAME = "determinism";

  /** Steps at most: what differs, differs soon. */
  private static final int ENOUGH = 4;

  private DeterminismSection() {}

  static List<Part> parts(Subject subject, int steps) {
    return ShortTraining.all(subject.seed()).stream()
        .map(training ->
            Part.of(
                NAME,
                training.name(),
                progress -> twice(subject, training, Math.min(steps, ENOUGH))))
        .toList();
  }

  private static String twice(Subject subject, ShortTraining training, int steps) {
    ShortTraining.Outcome first = once(subject, training, steps);
    ShortTraining.Outcome second = once(subject, training, steps);
    for (int step = 0; step < steps; step++) {
      if (!Arrays.equals(first.curve().get(step), second.curve().get(step))) {
        throw new Part.Failure(
            "the losses %s of step %d are %s once and %s then"
                .formatted(
                    first.losses(),
                    step,
                    Arrays.toString(first.curve().get(step)),
                    Arrays.toString(second.curve().get(step))));
      }
    }
    for (Map.Entry<String, double[]> variable : first.variables().entrySet()) {
      if (!Arrays.equals(variable.getValue(), second.variables().get(variable.getKey()))) {
        throw new Part.Failure(
            "variable %s differs after %d steps, done twice".formatted(variable.getKey(), steps));
      }
    }
    return "%d steps twice, the same bits in %d variables"
        .formatted(steps, first.variables().size());
  }

  private static ShortTraining.Outcome once(Subject subject, ShortTraining training, int steps) {
    try (Backend backend = subject.open()) {
      return training.run(backend, steps);
    }
  }
}
