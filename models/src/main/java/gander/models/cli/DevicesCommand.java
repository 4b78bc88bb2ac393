// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.plan.PlanReport;
import gander.runtime.DeviceInfo;
import gander.runtime.Devices;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the devices of this machine. */
@Command(
    name = "devices",
    mixinStandardHelpOptions = true,
    description = "Lists the devices of this machine.")
public final class DevicesCommand implements CliCommand {
  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    List<DeviceInfo> devices = Devices.list();
    if (output.json()) {
      devices.forEach(output::json);
      output.json(Map.of("id", "reference"));
      return 0;
    }
    for (DeviceInfo info : devices) {
      System.out.printf(
          "%-12s %s, %s, %s, %d units, %s%n",
          info.id(),
          info.name(),
          info.deviceClass().name().toLowerCase(Locale.ROOT),
          info.architecture(),
          info.computeUnits(),
          PlanReport.bytes(info.memoryBytes()));
    }
    System.out.printf("%-12s plain Java in double precision, on every machine%n", "reference");
    if (Devices.preferred().isEmpty()) {
      System.err.println("no CUDA or OpenCL device; 'gander doctor' says what is missing");
    }
    return 0;
  }
}
