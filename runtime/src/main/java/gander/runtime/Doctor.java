// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks over a machine: Java, the system, the cache folder, then every kind of device with its
 * libraries, drivers and compilers. Whatever is wrong is a finding with the one line that mends it,
 * never an exception.
 */
public final class Doctor {
  private static final int JAVA = 25;

  private Doctor() {}

  /** Everything looked at, in order. */
  public static List<Probe.Finding> findings() {
    var findings = new ArrayList<>(machine());
    for (DeviceProvider provider : Devices.providers()) {
      findings.addAll(probe(provider));
    }
    return findings;
  }

  /** What every device needs: Java, the system, the cache folder. */
  public static List<Probe.Finding> machine() {
    return List.of(java(), system(), cache());
  }

  private static Probe.Finding java() {
    String detail =
        "%s, %s".formatted(System.getProperty("java.vm.version"), System.getProperty("java.home"));
    return Runtime.version().feature() >= JAVA
        ? Probe.Finding.good("Java", detail)
        : new Probe.Finding("Java", detail, "set JAVA_HOME to a JDK " + JAVA + " or later");
  }

  private static Probe.Finding system() {
    return Probe.Finding.good(
        "System",
        "%s %s on %s, %d processors"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors()));
  }

  /** Writes and deletes a file, since a full disk looks writable. */
  private static Probe.Finding cache() {
    Path root = UserCache.root();
    try {
      Path file = Files.createTempFile(UserCache.folder("natives"), "doctor", ".tmp");
      try {
        Files.write(file, new byte[1 << 16]);
      } finally {
        Files.delete(file);
      }
      long megabytes = root.toFile().getUsableSpace() >> 20;
      return Probe.Finding.good("Cache", "%s, %d MiB free".formatted(root, megabytes));
    } catch (IOException | GanderException e) {
      return new Probe.Finding(
          "Cache",
          "%s cannot be written: %s".formatted(root, e.getMessage()),
          "make it writable and give it room, or set GANDER_CACHE to another folder");
    }
  }

  private static List<Probe.Finding> probe(DeviceProvider provider) {
    try {
      return provider.probe().findings();
    } catch (RuntimeException | LinkageError e) {
      return List.of(
          new Probe.Finding(
              provider.kind(), "cannot be probed: " + e, "report this as a fault in Gander"));
    }
  }
}
