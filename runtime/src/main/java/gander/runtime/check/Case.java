// SPDX-License-Identifier: Apache-2.0
package gander.runtime.check;

import gander.runtime.DeviceInfo;
import gander.runtime.MathMode;
import gander.runtime.catalogue.KernelFile;
import gander.runtime.catalogue.Variant;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A kernel under one setting on one workload: what has one verdict. */
public record Case(KernelFile kernel, Map<String, Integer> setting, Workload workload) {
  Variant variant(DeviceInfo device) {
    return new Variant(kernel, workload.problem(), setting, device);
  }

  /** The setting as the command line takes it; empty if the kernel has no tunables. */
  public String settingText() {
    return setting.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(" "));
  }

  /** The one command that runs this case again. */
  public String command(DeviceInfo device, List<Path> folders, long seed) {
    var command = new StringBuilder("gander check ").append(kernel.op());
    folders.forEach(folder -> command.append(" --kernels '").append(folder).append('\''));
    command.append(" --kernel ").append(kernel.path());
    command.append(" --device ").append(device.id());
    if (device.math() != MathMode.FP32) {
      command.append(" --math ").append(device.math().word());
    }
    command.append(" --seed ").append(seed);
    command.append(" --problem '").append(workload.title()).append('\'');
    if (!setting.isEmpty()) {
      command.append(" --setting '").append(settingText()).append('\'');
    }
    return command.toString();
  }

  @Override
  public String toString() {
    return kernel.path() + (setting.isEmpty() ? "" : " " + settingText()) + " on " + workload;
  }
}
