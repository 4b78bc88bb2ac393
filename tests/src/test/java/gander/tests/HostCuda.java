// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import gander.runtime.DeviceInfo;
import gander.runtime.Devices;
import gander.runtime.Probe;
import org.junit.jupiter.api.Assumptions;

/** The device that runs CUDA kernels on the processor; it needs a C++ compiler. */
final class HostCuda {
  /** How the command line names it. */
  static final String ID = "hostcuda:0";

  private HostCuda() {}

  /** What the device is; skips the test where there is no compiler. */
  static DeviceInfo info() {
    Probe probe =
        Devices.providers().stream()
            .filter(provider -> provider.kind().equals("hostcuda"))
            .findFirst()
            .orElseThrow()
            .probe();
    Assumptions.assumeFalse(
        probe.devices().isEmpty(), () -> "needs a C++ compiler: " + probe.findings());
    return probe.devices().getFirst();
  }
}
