// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.runtime.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that takes a GPU machine in, with a {@code gander} that is a script too. */
class GpuAcceptanceTest {
  /** Writes down how it was called; its tuning fails, its steps never end. */
  private static final String GANDER =
      """
      #!/bin/sh
      echo "$*" >> "$(dirname "$0")/calls"
      case $1 in
        --version) echo "gander of a test" ;;
        tune) echo "first line"; echo "tuning | failed"; exit 1 ;;
        bench) [ "$2" != step ] || sleep 60; echo "a table of $3" ;;
        *) echo "$1 is good" ;;
      esac
      """;

  @TempDir Path folder;
  private Path out;

  @BeforeEach
  void makeProject() throws IOException {
    out = folder.resolve("results");
    Path script = Files.createDirectories(folder.resolve("bench")).resolve("gpu-acceptance.sh");
    Files.copy(Path.of(System.getProperty("basedir", "."), "../bench/gpu-acceptance.sh"), script);
    Path gander = Files.writeString(folder.resolve("gander"), GANDER);
    for (Path file : List.of(script, gander)) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  private Tool.Output run(Object... words) {
    List<String> command = new ArrayList<>();
    command.add(folder.resolve("bench/gpu-acceptance.sh").toString());
    // No Python: nothing here has torch.
    command.addAll(List.of("--out", out.toString(), "--python", "/nonexistent/python"));
    Stream.of(words).map(Object::toString).forEach(command::add);
    return Tool.run(command);
  }

  private String summary() throws IOException {
    return Files.readString(out.resolve("summary.md"));
  }

  private List<String> calls() throws IOException {
    Path calls = folder.resolve("calls");
    return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
  }

  @Test
  void everyPartRunsAndSaysHowItEnded() throws IOException {
    Tool.Output said = run("--device", "opencl:0", "--skip", "steps");
    assertEquals(1, said.code(), said.text());
    String summary = summary();
    assertTrue(summary.contains("gander of a test"), summary);
    assertTrue(summary.contains("| doctor | good |"), summary);
    assertTrue(summary.contains("| selftest | good |"), summary);
    assertTrue(summary.contains("| tune | exit code 1: tuning / failed |"), summary);
    assertTrue(summary.contains("| kernels-fp32 | good |"), summary);
    assertTrue(summary.contains("has no torch"), summary);
    assertTrue(summary.contains("| sanitizer | left out:"), summary);
    assertFalse(summary.contains("tf32"), "another device's math is one: " + summary);
    assertTrue(summary.contains("a table of conv2d"), summary);
    assertEquals("doctor is good\n", Files.readString(out.resolve("doctor.log")));
    assertTrue(
        calls()
            .contains(
                "tune gan-mlp --device opencl:0 --minutes 0.5 --save-to "
                    + out.toRealPath()
                    + "/tuned"));
  }

  @Test
  void aGpuIsMeasuredInEveryMath() throws IOException {
    assertEquals(0, run("--only", "kernels").code());
    for (String math : List.of("fp32", "tf32", "bf16")) {
      assertTrue(summary().contains("| kernels-" + math + " | good |"), summary());
      assertTrue(
          calls().stream().anyMatch(call -> call.contains("--device cuda:0 --math " + math)),
          calls()::toString);
    }
  }

  @Test
  void whatTakesTooLongIsCutOffAndTheRestStays() throws IOException {
    Tool.Output said = run("--only", "doctor,steps,tune", "--seconds", 7, "--device", "opencl:0");
    assertEquals(1, said.code(), said.text());
    String summary = summary();
    assertTrue(summary.contains("| doctor | good |"), summary);
    assertTrue(summary.contains("| step-gan-mlp | cut off after "), summary);
    assertTrue(summary.contains("| tune | not begun: the time is up |"), summary);
  }

  @Test
  void aCommandLineThatIsWrongIsRefusedBeforeAnythingIsMade() throws IOException {
    for (List<Object> words :
        List.<List<Object>>of(
            List.of("--only", "doctor,nosuch"),
            List.of("--skip", "nosuch"),
            List.of("--seconds", "0"),
            List.of("--nosuch", "x"),
            List.of("--device"))) {
      Tool.Output said = run(words.toArray());
      assertEquals(2, said.code(), said.text());
      assertTrue(said.text().startsWith("gpu-acceptance: "), said.text());
      assertTrue(said.text().contains("[--only PART,PART]"), said.text());
    }
    assertFalse(Files.exists(out));
    Files.createDirectory(out);
    Tool.Output said = run("--only", "doctor");
    assertEquals(2, said.code(), said.text());
    assertTrue(said.text().contains("is there already"), said.text());
    assertEquals(List.of(), calls());
  }
}
