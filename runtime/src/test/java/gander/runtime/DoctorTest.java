// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each case is a process of its own, since libraries are looked for once. */
class DoctorTest {
  @TempDir private Path folder;

  private List<String> findings(Map<String, String> environment)
      throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            DoctorMain.class.getName());
    process.environment().put("GANDER_CACHE", folder.resolve("cache").toString());
    process.environment().putAll(environment);
    process.redirectErrorStream(true);
    Process started = process.start();
    var output = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, started.waitFor(), output);
    return output.lines().toList();
  }

  private static String about(String what, List<String> findings) {
    return findings.stream()
        .filter(line -> line.startsWith("Finding[what=" + what))
        .findFirst()
        .orElse("nothing about %s in %s".formatted(what, findings));
  }

  private static void assertGood(String finding) {
    assertTrue(finding.endsWith("fix=null]"), finding);
  }

  private static void assertBad(String finding, String detail, String fix) {
    assertTrue(finding.contains(detail), finding);
    assertTrue(finding.contains("fix=") && finding.contains(fix), finding);
  }

  @Test
  void thisMachine() throws Exception {
    List<String> findings = findings(Map.of());
    for (String what : List.of("Java", "System", "Cache")) {
      assertGood(about(what, findings));
    }
    assertTrue(about("Cache", findings).contains(folder.resolve("cache").toString()));
    String loader = about("libOpenCL.so.1", findings);
    assumeTrue(loader.endsWith("fix=null]"), () -> "no OpenCL here: " + loader);
    assertTrue(loader.contains("/libOpenCL.so"), loader);
    assertTrue(loader.contains(File.separator), loader);
  }

  @Test
  void aDriverThatCannotBeLoadedAndNoPlatform() throws Exception {
    assumeTrue(
        about("libOpenCL.so.1", findings(Map.of())).endsWith("fix=null]"), "no OpenCL loader here");
    Path vendors = Files.createDirectory(folder.resolve("vendors"));
    Files.writeString(vendors.resolve("broken.icd"), "/nowhere/libbroken.so\n");
    List<String> findings = findings(Map.of("OCL_ICD_VENDORS", vendors.toString()));
    assertBad(
        about(vendors.resolve("broken.icd").toString(), findings),
        "names a driver that cannot be loaded: /nowhere/libbroken.so: cannot open shared object file",
        "delete this file");
    assertBad(
        about("OpenCL platforms", findings),
        "none",
        "apt-get install pocl-opencl-icd ocl-icd-libopencl1");
  }

  @Test
  void librariesThatAreNone() throws Exception {
    for (String name : List.of("libOpenCL.so.1", "libOpenCL.so", "libcuda.so.1")) {
      Files.writeString(folder.resolve(name), "this is not a library\n".repeat(100));
    }
    List<String> findings = findings(Map.of("LD_LIBRARY_PATH", folder.toString()));
    assertBad(
        about("libOpenCL.so.1", findings),
        "invalid ELF header",
        "apt-get install pocl-opencl-icd ocl-icd-libopencl1");
    assertBad(about("libcuda.so.1", findings), "invalid ELF header", "nvidia-driver");
  }

  @Test
  void aCacheThatCannotBeWritten() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    List<String> findings = findings(Map.of("GANDER_CACHE", file.toString()));
    assertBad(about("Cache", findings), file + " cannot be written", "set GANDER_CACHE");
  }

  @Test
  void aCompilerThatWasAskedForAndIsMissing() throws Exception {
    List<String> findings = findings(Map.of("GANDER_NVRTC", "/nowhere/libnvrtc.so.13"));
    assertBad(about("NVRTC", findings), "/nowhere/libnvrtc.so.13", "mend it");
  }

  @Test
  void aFolderWithoutACompiler() throws Exception {
    List<String> findings = findings(Map.of("GANDER_NVRTC", folder.toString()));
    assertBad(about("NVRTC", findings), "the folder holds none of libnvrtc.so", "mend it");
  }
}
