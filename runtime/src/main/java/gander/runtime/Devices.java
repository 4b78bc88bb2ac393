// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** All devices of this machine. */
public final class Devices {
  private Devices() {}

  /** The kinds of device on the class path, CUDA before OpenCL so that the best comes first. */
  public static List<DeviceProvider> providers() {
    var providers = new ArrayList<DeviceProvider>();
    ServiceLoader.load(DeviceProvider.class).forEach(providers::add);
    providers.sort((a, b) -> a.kind().compareTo(b.kind()));
    return providers;
  }

  /** Every device that could be opened now. */
  public static List<DeviceInfo> list() {
    var all = new ArrayList<DeviceInfo>();
    for (DeviceProvider provider : providers()) {
      all.addAll(provider.probe().devices());
    }
    return all;
  }

  /**
   * Opens the device of that id; a kind alone, such as {@code opencl}, means its first device.
   *
   * @throws GanderException if there is none: the message says what is missing and how to mend it
   */
  public static Device open(String id) {
    String kind = id.contains(":") ? id.substring(0, id.indexOf(':')) : id;
    String wanted = id.contains(":") ? id : id + ":0";
    for (DeviceProvider provider : providers()) {
      if (!provider.kind().equals(kind)) {
        continue;
      }
      Probe probe = provider.probe();
      for (DeviceInfo info : probe.devices()) {
        if (info.id().equals(wanted)) {
          return provider.open(info);
        }
      }
      throw new GanderException(unavailable(id, probe));
    }
    throw new GanderException(
        "unknown device '%s': use opencl, opencl:N, cuda, cuda:N or reference ('gander devices' lists what this machine has)"
            .formatted(id));
  }

  private static String unavailable(String id, Probe probe) {
    if (!probe.devices().isEmpty()) {
      var ids = probe.devices().stream().map(DeviceInfo::id).toList();
      return "device '%s' does not exist: this machine has %s"
          .formatted(id, String.join(", ", ids));
    }
    for (Probe.Finding finding : probe.findings()) {
      if (finding.fix() != null) {
        return "device '%s' cannot serve: %s: %s; %s"
            .formatted(id, finding.what(), finding.detail(), finding.fix());
      }
    }
    return "device '%s' does not exist: its driver lists no device; run 'gander doctor'"
        .formatted(id);
  }
}
