// SPDX-License-Identifier: Apache-2.0
package gander.bench.selftest;

import gander.graph.Backend;
import gander.graph.reference.ReferenceBackend;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Short trainings of every model, whose losses must follow the reference's on the same seed. */
final class TrainingSection {
  static final String NAME = "training";

  /** As for replays: of a loss's magnitude, but of this at least. */
  private static final double SMALLEST_LOSS = 0.1;

  private static final double SINGLE = 1e-3;

  private TrainingSection() {}

  static List<Part> parts(Subject subject, int steps) {
    return ShortTraining.all(subject.seed()).stream()
        .map(
            training -> Part.of(NAME, training.name(), progress -> train(subject, training, steps)))
        .toList();
  }

  private static String train(Subject subject, ShortTraining training, int steps) {
    ShortTraining.Outcome got;
    try (Backend device = subject.open()) {
      got = training.run(device, steps);
    }
    requireFinite(got);
    if (subject.isReference()) {
      return "%d steps, every loss finite".formatted(steps);
    }
    try (Backend reference = new ReferenceBackend()) {
      double off = furthest(got, training.run(reference, steps), subject.tolerance(SINGLE));
      return String.format(Locale.ROOT, "%d steps, losses %.1e from the reference's", steps, off);
    }
  }

  private static void requireFinite(ShortTraining.Outcome outcome) {
    for (int step = 0; step < outcome.curve().size(); step++) {
      double[] values = outcome.curve().get(step);
      if (!Arrays.stream(values).allMatch(Double::isFinite)) {
        throw new Part.Failure(
            "the losses %s of step %d are %s"
                .formatted(outcome.losses(), step, Arrays.toString(values)));
      }
    }
  }

  private static double furthest(
      ShortTraining.Outcome got, ShortTraining.Outcome exact, double tolerance) {
    double furthest = 0;
    for (int step = 0; step < exact.curve().size(); step++) {
      for (int i = 0; i < exact.losses().size(); i++) {
        double is = got.curve().get(step)[i];
        double should = exact.curve().get(step)[i];
        double off = Math.abs(is - should) / Math.max(SMALLEST_LOSS, Math.abs(should));
        if (!(off <= tolerance)) {
          throw new Part.Failure(
              "loss %s of step %d is %s, but the reference's is %s"
                  .formatted(exact.losses().get(i), step, is, should));
        }
        furthest = Math.max(furthest, off);
      }
    }
    return furthest;
  }
}
