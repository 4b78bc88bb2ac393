// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.cli.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The self-test's parts are good where all is well, and a wrong kernel fails every part that uses
 * it, by name, while the others are run all the same.
 */
class SelftestTest {
  @TempDir Path folder;

  private static Said selftest(String device, Object... words) {
    return Said.by(
        Stream.concat(Stream.of("selftest", "--device", device), Stream.of(words)).toArray());
  }

  /** The part's row of the table. */
  private static String row(Said said, String part) {
    return said.out()
        .lines()
        .filter(line -> line.startsWith(part + " "))
        .findFirst()
        .orElseThrow(() -> new AssertionError(part + " is not in: " + said.out() + said.err()));
  }

  private static void good(Said said, String part, String found) {
    assertTrue(row(said, part).matches(part + " +good +[0-9.]+ +.*" + found + ".*"), said::out);
  }

  @Test
  void aDeviceIsGood() throws IOException {
    OpenCl.info();
    Path file = folder.resolve("selftest.json");
    List<String> parts =
        List.of(
            "doctor",
            "kernels/gather",
            "gradients/cross-entropy",
            "training/ae",
            "determinism/ae",
            "memory",
            "memory/guarded-ae");
    String only = String.join(",", parts);
    Said said = selftest(OpenCl.ID, "--only", only, "--problems", 2, "--steps", 3, "--out", file);
    assertEquals(0, said.code(), () -> said.out() + said.err());
    good(said, "doctor", OpenCl.ID);
    good(said, "kernels/gather", "1 kernel, 2 runs");
    good(said, "gradients/cross-entropy", "from differences, the device .* from the reference");
    good(said, "training/ae", "3 steps, losses .* from the reference's");
    good(said, "determinism/ae", "the same bits in [0-9]+ variables");
    good(said, "memory", "is refused when it has been planned");
    good(said, "memory/guarded-ae", "write nothing but their results, the same bits");
    assertTrue(said.out().contains("7 parts, all good"), said::out);
    var lines = new ArrayList<JsonNode>();
    Files.readAllLines(file).forEach(line -> lines.add(JsonMapper.shared().readTree(line)));
    assertEquals("provenance", lines.getFirst().path("what").asString());
    assertFalse(lines.getFirst().path("driver").asString().isEmpty(), lines::toString);
    assertEquals(
        parts,
        lines.stream()
            .filter(line -> line.path("what").asString().equals("part"))
            .filter(line -> line.path("good").asBoolean())
            .map(line -> line.path("part").asString())
            .toList());
    assertEquals(0, lines.getLast().path("failed").asInt());
    Cli.refused(folder, List.of("is there already"), "selftest", "--out", file);
  }

  @Test
  void aWrongKernelFailsWhateverUsesIt() throws IOException {
    OpenCl.info();
    Path kernels = DroppedFile.drop(folder, DroppedFile.changed("r < R", "r < R - 1"));
    Path file = folder.resolve("selftest.json");
    String only = "kernels/reduce,gradients/reductions,training/ae,determinism/ae,memory";
    Said said =
        selftest(
            OpenCl.ID,
            "--kernels",
            kernels,
            "--only",
            only,
            "--problems",
            3,
            "--steps",
            2,
            "--out",
            file);
    assertEquals(1, said.code(), () -> said.out() + said.err());
    for (String part : List.of("kernels/reduce", "gradients/reductions", "training/ae")) {
      assertTrue(row(said, part).contains(" FAILED "), said::out);
      assertTrue(said.err().contains(part + " FAILED: "), said::err);
    }
    good(said, "determinism/ae", "the same bits");
    good(said, "memory", "is refused");
    good(said, "memory/guarded-ae", "the same bits");
    assertTrue(said.out().contains("6 parts, 3 FAILED"), said::out);
    String again =
        "gander check reduce --kernels '%s' --kernel %s".formatted(kernels, DroppedFile.PATH);
    assertTrue(said.out().contains(again), said::out);
    assertFalse(said.out().contains("Exception"), said::out);
    List<JsonNode> lines =
        Files.readAllLines(file).stream().map(JsonMapper.shared()::readTree).toList();
    assertEquals(3, lines.getLast().path("failed").asInt());
  }

  @Test
  void theReferenceIsGood() throws IOException {
    Said said =
        selftest(
            "reference",
            "--only",
            "doctor,gradients,training/gan-mlp,determinism/dae,memory",
            "--steps",
            2,
            "--json");
    assertEquals(0, said.code(), () -> said.out() + said.err());
    List<JsonNode> lines = said.out().lines().map(JsonMapper.shared()::readTree).toList();
    assertEquals("provenance", lines.getFirst().path("what").asString());
    assertEquals("reference", lines.getFirst().path("device").asString());
    assertEquals(lines.size() - 2, lines.getLast().path("parts").asInt());
    assertTrue(lines.size() > 12, said::out);
    Cli.refused(
        folder,
        List.of("reference has nothing to test of kernels"),
        "selftest",
        "--device",
        "reference",
        "--only",
        "kernels");
  }
}
