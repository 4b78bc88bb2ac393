// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import gander.graph.program.DeviceBackend;
import gander.runtime.Device;
import gander.runtime.DeviceInfo;
import gander.runtime.Devices;
import gander.runtime.Probe;
import gander.runtime.UserCache;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.TunedTable;
import gander.runtime.jit.Jit;
import org.junit.jupiter.api.Assumptions;

/** The first OpenCL device, without which the tests that ask for it are skipped. */
final class OpenCl {
  /** How the command line names it. */
  static final String ID = "opencl:0";

  private OpenCl() {}

  /** What the device is; skips the test where there is none. */
  static DeviceInfo info() {
    Probe probe =
        Devices.providers().stream()
            .filter(provider -> provider.kind().equals("opencl"))
            .findFirst()
            .orElseThrow()
            .probe();
    Assumptions.assumeFalse(
        probe.devices().isEmpty(), () -> "needs an OpenCL device: " + probe.findings());
    return probe.devices().getFirst();
  }

  /** Opens the device for graphs, with the shipped kernels and no tuning. */
  static DeviceBackend backend() {
    return backend(Devices.open(info().id()));
  }

  /** The same on a device that is open already and is the backend's from here on. */
  static DeviceBackend backend(Device device) {
    return backend(device, new Jit(device, UserCache.folder("jit")));
  }

  /** The same for programs that no other test has: code that is not kept compiles sooner. */
  static DeviceBackend backendForTrials(Device device) {
    return backend(device, Jit.forTrials(device, UserCache.folder("jit")));
  }

  private static DeviceBackend backend(Device device, Jit jit) {
    return new DeviceBackend(device, Catalogue.load(), TunedTable.empty(), jit);
  }
}
