// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.plan.PlanReport;
import gander.runtime.DeviceInfo;
import gander.runtime.Devices;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;

/** Lists the devices of this machine. */
@Command(
    name = "devices",
    mixinStandardHelpOptions = true,
    description = "Lists the devices of this machine.")
public final class DevicesCommand implements CliCommand {
  @Override
  public Integer call() {
    List<DeviceInfo> devices = Devices.list();
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
    if (devices.isEmpty()) {
      System.err.println("no CUDA or OpenCL device; 'gander doctor' says what is missing");
    }
    return 0;
  }
}
