// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What looking for devices of one kind found.
 *
 * @param findings every library and driver looked at, in order, good or bad
 */
public record Probe(List<DeviceInfo> devices, List<Finding> findings) {
  public Probe {
    devices = List.copyOf(devices);
    findings = List.copyOf(findings);
  }

  /**
   * One thing looked at.
   *
   * @param what the library, driver or device
   * @param detail a path and version, or what is wrong
   * @param fix the one line that mends it; null where nothing needs mending
   */
  public record Finding(String what, String detail, @Nullable String fix) {
    public boolean good() {
      return fix == null;
    }

    public static Finding good(String what, String detail) {
      return new Finding(what, detail, null);
    }
  }
}
