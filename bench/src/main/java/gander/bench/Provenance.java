// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.runtime.DeviceInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Where and of what a figure was measured: what stands first in every result file. */
public final class Provenance {
  private Provenance() {}

  /** One line of a result file. */
  public static Map<String, Object> of(DeviceInfo device, long seed) {
    Map<String, Object> line = machine();
    line.put("device", device.name());
    line.put("architecture", device.architecture());
    line.put("driver", device.driver());
    line.put("math", device.math().word());
    line.put("seed", seed);
    return line;
  }

  /** The same for the reference, whose device is Java. */
  public static Map<String, Object> ofReference(long seed) {
    Map<String, Object> line = machine();
    line.put("device", "reference");
    line.put("seed", seed);
    return line;
  }

  private static Map<String, Object> machine() {
    var line = new LinkedHashMap<String, Object>();
    line.put("what", "provenance");
    line.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    line.put("gander", version());
    line.put("java", System.getProperty("java.vm.version"));
    line.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    line.put("processor", processor().orElse("unknown"));
    line.put("processors", Runtime.getRuntime().availableProcessors());
    return line;
  }

  /**
   * The commit that was built, with {@code +} if files were changed since; else the version. A
   * bundle, which has no git, is started with the commit that it was made of.
   */
  public static String version() {
    String given = System.getProperty("gander.version");
    if (given != null) {
      return given;
    }
    String root = System.getProperty("gander.root", ".");
    try {
      var command = new ProcessBuilder("git", "-C", root, "describe", "--always", "--dirty=+");
      Process git = command.redirectErrorStream(true).start();
      String answer =
          new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return git.waitFor(10, TimeUnit.SECONDS) && git.exitValue() == 0 ? answer : "0.1.0";
    } catch (IOException e) {
      return "0.1.0"; // There is no git: an unpacked archive.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "0.1.0";
    }
  }

  private static Optional<String> processor() {
    try {
      return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty(); // Not Linux.
    }
  }
}
