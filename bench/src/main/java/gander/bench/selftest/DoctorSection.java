// SPDX-License-Identifier: Apache-2.0
package gander.bench.selftest;

import gander.graph.Backend;
import gander.runtime.Doctor;
import gander.runtime.Probe;
import java.util.List;

/** That the machine has what every device needs, and the device opens. */
final class DoctorSection {
  static final String NAME = "doctor";

  private DoctorSection() {}

  static List<Part> parts(Subject subject) {
    return List.of(new Part(NAME, NAME, progress -> look(subject)));
  }

  private static String look(Subject subject) {
    for (Probe.Finding finding : Doctor.machine()) {
      if (!finding.good()) {
        throw new Part.Failure(
            "%s: %s; %s".formatted(finding.what(), finding.detail(), finding.fix()));
      }
    }
    try (Backend backend = subject.open()) {
      return "Java, cache folder, " + backend.describe();
    }
  }
}
