// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.runtime.Doctor;
import gander.runtime.Probe;
import java.util.LinkedHashMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Looks over the machine and says what mends whatever is wrong. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description =
        "Looks over Java, libraries, drivers and devices, and says what mends what is wrong.")
public final class DoctorCommand implements CliCommand {
  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    for (Probe.Finding finding : Doctor.findings()) {
      if (output.json()) {
        var line = new LinkedHashMap<String, Object>();
        line.put("what", finding.what());
        line.put("good", finding.good());
        line.put("detail", finding.detail());
        line.put("fix", finding.fix());
        output.json(line);
        continue;
      }
      output.line(
          "%-5s %s: %s"
              .formatted(finding.good() ? "good" : "BAD", finding.what(), finding.detail()));
      if (finding.fix() != null) {
        output.line("      fix: " + finding.fix());
      }
    }
    return 0;
  }
}
