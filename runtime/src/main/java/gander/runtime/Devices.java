// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  /** The device to use where none is named: the first of those that are there for speed. */
  public static Optional<DeviceInfo> preferred() {
    return providers().stream()
        .filter(DeviceProvider::forSpeed)
        .flatMap(provider -> provider.probe().devices().stream())
        .findFirst();
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
    return open(find(id));
  }

  /** Opens a device that {@link #find} found, asked for the same matrix products. */
  public static Device open(DeviceInfo info) {
    return provider(info.id()).open(info);
  }

  /**
   * What the device of that id is, without opening it.
   *
   * @throws GanderException if there is none: the message says what is missing and how to mend it
   */
  public static DeviceInfo find(String id) {
    String wanted = id.contains(":") ? id : id + ":0";
    Probe probe = provider(id).probe();
    return probe.devices().stream()
        .filter(info -> info.id().equals(wanted))
        .findFirst()
        .orElseThrow(() -> new GanderException(unavailable(id, probe)));
  }

  private static DeviceProvider provider(String id) {
    String kind = id.contains(":") ? id.substring(0, id.indexOf(':')) : id;
    return providers().stream()
        .filter(provider -> provider.kind().equals(kind))
        .findFirst()
        .orElseThrow(() ->
            new GanderException(
                "unknown device '%s': use opencl, opencl:N, cuda, cuda:N, hostcuda or reference ('gander devices' lists what this machine has)"
                    .formatted(id)));
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
