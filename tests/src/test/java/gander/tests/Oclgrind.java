// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import gander.runtime.UserCache;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Java processes whose OpenCL device is Oclgrind's, which watches every access to memory. It says
 * nothing with its exit code: what it found is in its log.
 */
final class Oclgrind {
  private static final List<Path> DRIVERS =
      Stream.of("/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/lib/x86_64-linux-gnu")
          .map(folder -> Path.of(folder, "oclgrind", "liboclgrind-rt-icd.so"))
          .toList();

  /** As a CPU device has; of Oclgrind's own 32 KiB some kernels cannot make use. */
  private static final int LOCAL_BYTES = 1 << 20;

  private final Path folder;

  /**
   * @param folder for logs
   */
  Oclgrind(Path folder) {
    this.folder = folder;
  }

  /** A process that has ended: what it printed, and what Oclgrind had to say. */
  record Report(int code, String out, String log) {}

  /** Where a process's log will be. */
  Path log(String name) {
    return folder.resolve(name + ".log");
  }

  /**
   * Runs a process to its end; skips the test where there is no Oclgrind.
   *
   * @param name of its log
   * @param options for OpenCL's compiler
   * @param words the main class and its arguments
   */
  Report run(String name, String options, Object... words) throws IOException {
    Path driver = DRIVERS.stream().filter(Files::exists).findFirst().orElse(null);
    Assumptions.assumeTrue(driver != null, "needs Oclgrind (Debian: apt-get install oclgrind)");
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-Xmx1g",
            "-XX:TieredStopAtLevel=1",
            "-Dgander.cache=" + UserCache.root(),
            "-Dgander.opencl.options=" + options,
            // Oclgrind's device says that it is of every class; kernels for CPUs need more of a
            // problem's generated code.
            "-Dgander.opencl.class=cpu",
            "-cp",
            System.getProperty("java.class.path")));
    Stream.of(words).map(Object::toString).forEach(command::add);
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("OCL_ICD_VENDORS", String.valueOf(driver));
    builder.environment().put("OCLGRIND_LOG", log(name).toString());
    builder.environment().put("OCLGRIND_LOCAL_MEM_SIZE", Integer.toString(LOCAL_BYTES));
    for (String check : List.of("DATA_RACES", "UNIFORM_WRITES", "UNINITIALIZED", "CHECK_API")) {
      builder.environment().put("OCLGRIND_" + check, "1");
    }
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String found = Files.exists(log(name)) ? Files.readString(log(name)) : "";
    return new Report(process.onExit().join().exitValue(), out, found);
  }
}
