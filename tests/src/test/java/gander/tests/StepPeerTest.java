// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.cli.Said;
import gander.models.run.RunConfig;
import gander.models.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A step beside PyTorch in modes some of which fail, with a {@code python} that is a script. */
class StepPeerTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** Its mode eager works, compiled does not start, and fused ends when it has answered twice. */
  private static final String PYTHON =
      """
      #!/bin/sh
      while [ "$1" != --mode ]; do shift; done
      if [ "$2" = compiled ]; then
        cat >&2 <<'END'
      a warning
      Traceback (most recent call last):
        File "first.py", line 1, in run
      KeyError: 'first'

      During handling of the above exception, another exception occurred:

      Traceback (most recent call last):
        File "second.py", line 2, in run
          assert_size_stride(buf)
      AssertionError: expected stride 1==16 at dim=1
      Error in op: torch.ops.aten.convolution_backward.default
      See https://pytorch.org/docs
      END
        exit 1
      fi
      echo "{\\"mode\\": \\"$2\\"}"
      answers=0
      while read -r steps; do
        if [ "$2" = fused ] && [ $answers = 2 ]; then
          echo "out of memory" >&2
          exit 1
        fi
        answers=$((answers + 1))
        echo "$steps"
      done
      """;

  private static final String NO_START = "AssertionError: expected stride 1==16 at dim=1";

  /** Where the peers' scripts are looked for. */
  private static final String ROOT = "gander.root";

  @TempDir Path folder;
  private Path python;
  private @Nullable String root;

  @BeforeEach
  void makePython() throws IOException {
    OpenCl.info();
    root = System.setProperty(ROOT, Path.of(System.getProperty("basedir", "."), "..").toString());
    python = Files.writeString(folder.resolve("python"), PYTHON);
    Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void restoreRoot() {
    if (root == null) {
      System.clearProperty(ROOT);
    } else {
      System.setProperty(ROOT, root);
    }
  }

  private Said step(Object... more) {
    RunConfig config = SmallRuns.config("gan-mlp", "none", OpenCl.ID);
    Stream<Object> words =
        Stream.of(
            "bench",
            "step",
            "gan-mlp",
            "--batch",
            config.batch(),
            "--size",
            Zoo.size(config),
            "--zdim",
            config.zdim(),
            "--rounds",
            2,
            "--device",
            OpenCl.ID,
            "--peer",
            "pytorch",
            "--python",
            python);
    return Said.by(Stream.concat(words, Stream.of(more)).toArray());
  }

  @Test
  void modesThatFailAreLeftOutAndTheOthersGoOn() throws IOException {
    Path out = folder.resolve("step.jsonl");
    Said said = step("--modes", "compiled,eager,fused", "--out", out);
    assertEquals(0, said.code(), said.err());
    List<String> lines = said.out().lines().toList();
    assertTrue(lines.contains("compiled is left out: " + NO_START), said.out());
    assertTrue(lines.contains("fused is left out: out of memory"), said.out());
    for (String mode : List.of("compiled", "fused")) {
      assertTrue(lines.stream().anyMatch(l -> l.matches(mode + " +failed")), said.out());
    }
    assertTrue(lines.stream().anyMatch(l -> l.matches("eager +1000\\.000 .*")), said.out());

    List<JsonNode> results = Files.readAllLines(out).stream().map(JSON::readTree).toList();
    List<JsonNode> steps = of(results, "step");
    assertEquals(List.of("gander", "eager"), words(steps, "contender"));
    assertEquals("{\"mode\": \"eager\"}", steps.getLast().path("peer").asString());
    List<JsonNode> leftOut = of(results, "step left out");
    assertEquals(List.of("compiled", "fused"), words(leftOut, "contender"));
    assertEquals(List.of(NO_START, "out of memory"), words(leftOut, "reason"));
  }

  private static List<JsonNode> of(List<JsonNode> results, String what) {
    return results.stream().filter(line -> line.path("what").asString().equals(what)).toList();
  }

  private static List<String> words(List<JsonNode> lines, String field) {
    return lines.stream().map(line -> line.path(field).asString()).toList();
  }

  @Test
  void whereNoModeLastsTheCommandFails() {
    Said none = step("--modes", "compiled");
    assertEquals(2, none.code(), none.err());
    assertTrue(none.err().contains("--mode compiled' did not start: " + NO_START), none.err());
    Said ended = step("--modes", "compiled,fused");
    assertEquals(2, ended.code(), ended.err());
    assertTrue(ended.err().contains("did not start: " + NO_START), ended.err());
    assertEquals("", ended.out().lines().filter(l -> l.startsWith("gander")).findAny().orElse(""));
  }
}
