// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The script that mutates kernels, on a kernel of its own, with a {@code gander check} that is a
 * script too and finds some of the mutants.
 */
class MutantsTest {
  private static final String KERNEL =
      """
      //! reduce: v[1] < 2 here is no code
      #include "mine.h"
      #define UNUSED(i) y[i]
      KERNEL void reduce(PARAMS) {
        LOCAL float some[64]; // and some[3] && some[4] is none
      #if R < 2
      #endif
        for (int r = 0; r < R; r++) {
          total = fma(x[r], some[1], total);
        }
        BARRIER();
        if (total > 0) {
        }
      }
      """;

  /** What it includes, and another kernel does, which is the one that is wrong with it changed. */
  private static final String HEADER =
      """
      #define ONE(i) z[i]
      """;

  private static final String OTHER =
      """
      //! reduce: nothing of its own, and with this line longer than the other
      #include "mine.h"
      // %s
      KERNEL void reduce(PARAMS) {
      }
      """
          .formatted("long ".repeat(100));

  /** Each mutant, as the text that it becomes, with what the script must say of it. */
  private static final Map<String, String> OUTCOMES =
      Map.of(
          "#define UNUSED(i) y[(i) + 1]", "unreached",
          "#define ONE(i) z[(i) + 1]", "wrong result",
          "for (int r = 0; r <= R; r++) {", "wrong result",
          "total = total;", "survived",
          "total = fma(x[(r) + 1], some[1], total);", "crash",
          "total = fma(x[r], some[(1) + 1], total);", "does not compile",
          ";", "fault",
          "if (!(total > 0)) {", "hang");

  @TempDir Path folder;
  private Path called;
  private Path results;
  private Path explained;

  private record Said(int code, String out, String err) {}

  @BeforeEach
  void write() throws IOException {
    called = folder.resolve("gander.called");
    results = folder.resolve("results.jsonl");
    explained = folder.resolve("explained.md");
    Kernels.write(folder.resolve("kernels"), "reduce/mine.cu", KERNEL);
    Kernels.write(folder.resolve("kernels"), "reduce/other.cu", OTHER);
    Kernels.write(folder.resolve("kernels"), "include/mine.h", HEADER);
    Path check =
        Files.writeString(
            folder.resolve("gander"),
            """
            #!/bin/sh
            echo "$*" >> "$0.called"
            kernel=/dev/null
            while [ $# -gt 0 ]; do
              [ "$1" != --kernels ] || folder=$2
              [ "$1" != --kernel ] || name=$2
              shift
            done
            [ ! -f "$folder/$name" ] || kernel=$folder/$name
            answer() {
              [ -z "$1" ] || failure='{"problem":"P","setting":"","sentence":"'$2'","verdict":"'$1'"}'
              echo '{"runs":3,"failures":['"$failure"']}'
              [ -z "$1" ] || exit 1
              exit 0
            }
            has() { grep -qF "$1" "$kernel"; }
            header=$folder/include/mine.h
            [ "$name" != reduce/other.cu ] || ! grep -qsF 'z[(i) + 1]' "$header" || answer Wrong 'y[0] is 2'
            ! has 'total = gander_not_declared' || answer Refused 'mine.cu:8: error: not declared'
            ! has 'r <= R' || answer Wrong 'y[0] is 1 but should be 2'
            ! has 'x[(r) + 1]' || answer Crashed 'it ended'
            ! has 'some[(1) + 1]' || answer Refused 'mine.cu:8: error: no'
            ! has '!(total' || answer Hanging 'it did not end'
            [ "$kernel" = /dev/null ] || has 'BARRIER' || answer Refused 'it races'
            answer ''
            """);
    Files.setPosixFilePermissions(check, PosixFilePermissions.fromString("rwx------"));
  }

  private Said mutants(Object... more) throws IOException {
    Path script = Repository.root().resolve("bench/mutants.py");
    var command = new ArrayList<>(List.of("python3", script.toString()));
    command.addAll(List.of("--kernels", folder.resolve("kernels").toString()));
    command.addAll(List.of("--gander", folder.resolve("gander").toString()));
    command.addAll(List.of("--out", results.toString(), "--explained", explained.toString()));
    List.of(more).forEach(word -> command.add(word.toString()));
    Path err = folder.resolve("err");
    Process process;
    try {
      process = new ProcessBuilder(command).redirectError(err.toFile()).start();
    } catch (IOException e) {
      return Assumptions.abort("needs python3 on the PATH");
    }
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Said(process.onExit().join().exitValue(), out, Files.readString(err));
  }

  private Map<String, String> outcomes() throws IOException {
    var outcomes = new TreeMap<String, String>();
    for (String line : Files.readAllLines(results)) {
      JsonNode result = JsonMapper.shared().readTree(line);
      if (result.path("what").asString().equals("mutant")) {
        outcomes.put(result.path("becomes").asString(), result.path("outcome").asString());
      }
    }
    return outcomes;
  }

  @Test
  void everyMutantIsMadeAndJudged() throws IOException {
    Said said = mutants("--per-file", 100);
    assertEquals(1, said.code, said.err);
    assertEquals(new TreeMap<>(OUTCOMES), outcomes());
    assertTrue(said.out.contains("survived: reduce/mine.cu:9 product dropped"), said.out);
    long unchanged =
        Files.readAllLines(called).stream()
            .filter(line -> line.startsWith("check ") && !line.contains("--kernels"))
            .count();
    assertEquals(2, unchanged, "runs of the kernels as they are");
  }

  @Test
  void whatIsKnownIsNotRunAgainAndWhatIsExplainedIsNoSurvivor() throws IOException {
    Said some = mutants("--per-file", 3);
    List<String> first = Files.readAllLines(results);
    assertEquals(1 + 3 + 1, first.size(), some.err); // the header has one
    mutants("--per-file", 100);
    assertEquals(first, Files.readAllLines(results).subList(0, first.size()));
    assertEquals(1 + OUTCOMES.size(), Files.readAllLines(results).size());
    Files.delete(called);
    Files.writeString(
        explained,
        """
        | file | line | becomes | why |
        |---|---|---|---|
        | `reduce/mine.cu` | `total = fma(x[r], some[1], total);` | `total = total;` | it adds zeros |
        """);
    Said again = mutants("--per-file", 100);
    assertEquals(0, again.code, again.out + again.err);
    assertFalse(again.out.contains("survived:"), again.out);
    assertFalse(Files.exists(called));
  }

  @Test
  void aKernelThatIsWrongAsItIsProvesNothing() throws IOException {
    // Without --kernels the stand-in looks into an empty file, which has no barrier.
    Path check = folder.resolve("gander");
    Files.writeString(
        check, Files.readString(check).replace("[ \"$kernel\" = /dev/null ] || has", "has"));
    Said said = mutants("--per-file", 100);
    assertEquals(2, said.code, said.out);
    assertTrue(said.err.contains("reduce/mine.cu is wrong without any change"), said.err);
  }

  @Test
  void aKernelThatTakesOverAHeaderIsCheckedUnderItsMath() throws IOException {
    Path kernels = folder.resolve("kernels");
    Kernels.write(kernels, "reduce/cores.cu", "//! reduce: cores\n//! when    tf32\n");
    Kernels.write(
        kernels,
        "reduce/same.cu",
        """
        //! reduce: as cores
        //! like    reduce/cores.cu
        KERNEL void reduce(PARAMS) {
          y[0] = 1.0f;
        }
        """);
    Said said = mutants("--files", "reduce/same.cu");
    assertEquals(0, said.code, said.err);
    List<String> checks =
        Files.readAllLines(called).stream().filter(line -> line.startsWith("check ")).toList();
    assertEquals(2, checks.size(), "of the mutant, and of the kernel as it is");
    assertTrue(checks.stream().allMatch(line -> line.contains(" --math tf32 ")), said.err);
  }

  @Test
  void badWordsAreRefused() throws IOException {
    assertEquals(2, mutants("--per-file", 0).code);
    assertEquals(2, mutants("--files", "none/*").code);
  }
}
