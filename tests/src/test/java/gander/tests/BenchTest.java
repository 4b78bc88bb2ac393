// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.cli.Said;
import gander.models.run.RunConfig;
import gander.models.zoo.Zoo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the benchmarks and the tuner say; not how fast anything is. */
class BenchTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  @TempDir Path folder;

  private static List<JsonNode> lines(Said said, String what) {
    return said.out()
        .lines()
        .map(JSON::readTree)
        .filter(line -> line.path("what").asString().equals(what))
        .toList();
  }

  @Test
  void kernelsOfSeveralOpsAreTimedHotAndColdAndDrawn() throws IOException {
    OpenCl.info();
    Path picture = folder.resolve("roof.png");
    Object[] command = {
      "bench",
      "kernels",
      "transpose",
      "slice",
      "--rounds",
      1,
      "--picture",
      picture,
      "--device",
      OpenCl.ID,
      "--json"
    };
    List<JsonNode> kernels = lines(Cli.done(command), "kernel");
    assertEquals(
        Set.of("transpose", "slice"),
        kernels.stream().map(line -> line.path("op").asString()).collect(Collectors.toSet()));
    for (JsonNode line : kernels) {
      assertTrue(line.path("micros").path("median").asDouble() > 0, line::toString);
      assertTrue(line.path("coldMicros").path("median").asDouble() > 0, line::toString);
      assertTrue(line.path("timesOurs").isMissingNode(), line::toString);
    }
    byte[] png = Files.readAllBytes(picture);
    assertEquals("PNG", new String(png, 1, 3, StandardCharsets.US_ASCII));
  }

  @Test
  void aStepIsComparedWithItsFloorAndItsStartIsTimed() {
    OpenCl.info();
    // Of the sizes of all small runs: what they compile is there already, or is there for them.
    RunConfig config = SmallRuns.config("gan-mlp", "none", OpenCl.ID);
    Object[] command = {
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
      1,
      "--device",
      OpenCl.ID,
      "--json"
    };
    Said said = Cli.done(command);
    List<JsonNode> starts = lines(said, "start");
    assertEquals(1, starts.size());
    assertEquals("warm", starts.getFirst().path("cache").asString());
    assertEquals(0, starts.getFirst().path("phases").path("compiledKernels").asInt(-1));
    assertEquals("minimax-ns", lines(said, "step").getFirst().path("loss").asString());
    double floors =
        lines(said, "kernel of the step").stream()
            .mapToDouble(line -> line.path("floorMicros").path("median").asDouble())
            .sum();
    JsonNode floor = lines(said, "floor").getFirst();
    assertTrue(floors > 0);
    assertEquals(floors, floor.path("floorMicros").asDouble(), 1e-6 * floors);
    assertEquals(
        floor.path("stepMicros").asDouble() / floors, floor.path("timesFloor").asDouble(), 1e-6);
  }

  @Test
  void aTableThatIsShippedCanBeTuned() throws IOException {
    String key = OpenCl.info().tuningKey();
    Path tables = folder.resolve("tuned");
    Object[] command = {
      "tune",
      "reduce",
      "--problem",
      "R=128 I=256",
      "--minutes",
      0.02,
      "--save-to",
      tables,
      "--device",
      OpenCl.ID,
      "--json"
    };
    Said said = Cli.done(command);
    JsonNode summary = lines(said, "summary").getFirst();
    assertEquals(lines(said, "problem").size(), summary.path("problems").asInt());
    assertTrue(summary.path("worstUntunedTimesTuned").asDouble() >= 1, summary::toString);
    assertTrue(Files.readString(tables.resolve(key + ".json")).contains("reduce O=1 R=128 I=256"));
  }

  @Test
  void plansStandBesideTheirBoundsAndPytorch() throws IOException {
    OpenCl.info();
    Path python =
        Files.writeString(
            folder.resolve("python"),
            """
            #!/bin/sh
            echo "{\\"allocated\\": 20480, \\"words\\": \\"$*\\"}"
            """,
            StandardCharsets.UTF_8);
    Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwxr-xr-x"));
    String root = System.setProperty("gander.root", Repository.root().toString());
    try {
      Path out = folder.resolve("plans.jsonl");
      Object[] command = {
        "bench",
        "plan",
        "gan-mlp:hinge",
        "ae",
        "--batches",
        "4",
        "--device",
        OpenCl.ID,
        "--peer",
        "pytorch",
        "--python",
        python,
        "--out",
        out
      };
      List<String> table = Cli.done(command).out().lines().toList();
      assertEquals(3, table.size(), () -> "" + table);
      assertTrue(
          table.get(1).matches("gan-mlp:hinge +4 .* 20\\.0 KiB +\\d+\\.\\d"), table::toString);
      List<JsonNode> plans = Files.readAllLines(out).stream().skip(1).map(JSON::readTree).toList();
      assertEquals(2, plans.size());
      for (JsonNode plan : plans) {
        assertEquals(plan.path("lowerBound").asLong(), plan.path("peak").asLong());
        assertTrue(plan.path("withoutReuse").asLong() > plan.path("peak").asLong());
        assertTrue(plan.path("planMillis").asDouble() > 0, plan::toString);
      }
      for (JsonNode plan : plans) {
        String model = plan.path("model").asString();
        String given = plan.path("pytorch").path("words").asString();
        assertTrue(given.contains("pytorch_memory.py "), given);
        assertTrue(given.contains(" %s --".formatted(model)), given);
        assertEquals(model.equals("gan-mlp"), given.contains("--loss hinge"), given);
      }
    } finally {
      if (root == null) {
        System.clearProperty("gander.root");
      } else {
        System.setProperty("gander.root", root);
      }
    }
  }

  @Test
  void whatDoesNotExistIsRefused() throws IOException {
    Cli.refused(folder, List.of("nosuch"), "bench", "kernels", "reduce", "nosuch");
    Cli.refused(folder, List.of("djl", "pytorch"), "bench", "kernels", "reduce", "--peer", "djl");
    Cli.refused(folder, List.of("gan-mpl", "gan-mlp"), "bench", "plan", "gan-mpl");
    Cli.refused(folder, List.of("--batches has 0"), "bench", "plan", "ae", "--batches", "4,0");
    Cli.refused(folder, List.of("djl", "pytorch"), "bench", "plan", "ae", "--peer", "djl");
    Cli.refused(folder, List.of("--minutes"), "tune", "reduce", "--minutes", 0);
    Cli.refused(folder, List.of("--patience"), "tune", "reduce", "--patience", 0);
  }
}
