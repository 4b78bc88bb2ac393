// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Graph;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.program.DeviceBackend;
import gander.graph.program.DeviceProgram;
import gander.models.cli.Said;
import gander.runtime.Device;
import gander.runtime.DeviceInfo;
import gander.runtime.Devices;
import gander.runtime.UserCache;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.TunedTable;
import gander.runtime.catalogue.Variant;
import gander.runtime.jit.Jit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A kernel is one file: written into a folder that {@code --kernels} names, it is listed, checked,
 * tuned, timed, and taken when a program is compiled, and nothing else was changed for it.
 */
class DroppedKernelTest {
  private static final String PROBLEM = "O=4 R=9 I=3 KIND=0";

  @TempDir Path folder;
  private Path kernels = Path.of("");

  @BeforeEach
  void drop() throws IOException {
    kernels = DroppedFile.drop(folder, DroppedFile.RIGHT);
  }

  private static JsonNode only(Said said) {
    List<JsonNode> lines = said.out().lines().map(JsonMapper.shared()::readTree).toList();
    assertEquals(1, lines.size(), said::out);
    return lines.getFirst();
  }

  @Test
  void isListed() {
    String list = Cli.done("kernels", "reduce", "--kernels", kernels).out();
    String line = list.lines().filter(l -> l.startsWith(DroppedFile.PATH)).findFirst().orElse(list);
    for (String part : List.of(" * ", " opencl ", "one after the other", "PER=1,4")) {
      assertTrue(line.contains(part), line);
    }
    assertTrue(list.contains("reduce/cpu_rows.cl"), "those shipped are there beside it");
    assertFalse(Cli.done("kernels").out().contains(DroppedFile.PATH));
  }

  @Test
  void isChecked() {
    OpenCl.info();
    Said said = DroppedFile.check(kernels, "O=4 R=9", "all", "--json");
    assertEquals(0, said.code(), said.err());
    JsonNode checked = only(said);
    assertEquals(DroppedFile.PATH, checked.path("kernel").asString());
    assertEquals(0, checked.path("failed").asInt());
    // Sum and maximum, each plain and with code in its hooks.
    assertEquals(4, checked.path("problems").asInt());
    assertEquals(8, checked.path("runs").asInt());
  }

  @Test
  void isAmongThoseTunedAndWhatWinsIsTaken() throws IOException {
    DeviceInfo info = OpenCl.info();
    Caches.in(
        folder.resolve("cache"),
        () -> {
          JsonNode without = tune("--variants", 1);
          JsonNode with = tune("--kernels", kernels);
          int settings = 2;
          assertEquals(without.path("variants").asInt() + settings, with.path("variants").asInt());
          assertEquals(with.path("variants"), with.path("tried"));
          // Untuned it is this kernel that is taken, so its time is that of the untuned choice.
          assertTrue(with.path("untunedMicros").asDouble() > 0, with::toString);
          Catalogue catalogue = Catalogue.load(List.of(kernels));
          TunedTable table =
              TunedTable.load(info.tuningKey(), catalogue, UserCache.folder("tuned"));
          Variant taken = summed(catalogue, table);
          assertEquals(with.path("kernel").asString(), taken.kernel().path());
          assertEquals(with.path("setting"), JsonMapper.shared().valueToTree(taken.setting()));
        });
  }

  @Test
  void isTakenAsATuningHasRememberedIt() throws IOException {
    DeviceInfo info = OpenCl.info();
    Catalogue catalogue = Catalogue.load(List.of(kernels));
    Variant other = summed(catalogue, TunedTable.empty());
    assertEquals(Map.of("PER", 1), other.setting());
    Variant winner = new Variant(other.kernel(), other.problem(), Map.of("PER", 4), info);
    TunedTable table = TunedTable.load(info.tuningKey(), catalogue, folder);
    table.put(winner, true, 1);
    table.save();
    Variant taken = summed(catalogue, TunedTable.load(info.tuningKey(), catalogue, folder));
    assertEquals(DroppedFile.PATH, taken.kernel().path());
    assertEquals(winner.setting(), taken.setting());
  }

  private static JsonNode tune(Object... more) {
    var words =
        new ArrayList<Object>(
            List.of("tune", "reduce", "--problem", PROBLEM, "--device", OpenCl.ID, "--json"));
    words.addAll(Arrays.asList(more));
    Said said = Cli.done(words.toArray());
    List<JsonNode> problems =
        said.out()
            .lines()
            .map(JsonMapper.shared()::readTree)
            .filter(line -> !line.path("what").asString().equals("summary"))
            .toList();
    assertEquals(1, problems.size(), said::out);
    return problems.getFirst();
  }

  @Test
  void isTakenWhereAProgramIsCompiled() {
    OpenCl.info();
    Variant taken = summed(Catalogue.load(List.of(kernels)), TunedTable.empty());
    assertEquals(DroppedFile.PATH, taken.kernel().path());
    Variant shipped = summed(Catalogue.load(), TunedTable.empty());
    assertFalse(shipped.kernel().external());
  }

  @Test
  void isTakenForEveryProblemOfAModelThatItComputes() {
    OpenCl.info();
    Path map = folder.resolve("plan.png");
    String explained =
        Cli.done(
                "plan",
                "gan-mlp",
                "--batch",
                4,
                "--explain",
                "--kernels",
                kernels,
                "--device",
                OpenCl.ID,
                "--out",
                map)
            .out();
    List<String> sums = explained.lines().filter(line -> line.contains(" reduce O=")).toList();
    assertFalse(sums.isEmpty(), explained);
    assertEquals(List.of(), sums.stream().filter(l -> !l.contains(DroppedFile.PATH)).toList());
  }

  /**
   * Compiles a sum with a sigmoid after it, holds what comes of it against Java, and says which
   * variant computed it.
   */
  private static Variant summed(Catalogue catalogue, TunedTable table) {
    Shape shape = Shape.of(4, 9, 3);
    Tensor sum = Ops.sigmoid(Ops.sum(Ops.input("x", shape), 1));
    var x = new double[shape.size()];
    for (int i = 0; i < x.length; i++) {
      x[i] = i % 8 / 16.0 - 0.25;
    }
    Device device = Devices.open(OpenCl.ID);
    try (var backend =
            new DeviceBackend(device, catalogue, table, new Jit(device, UserCache.folder("jit")));
        DeviceProgram program = backend.compile(Graph.of(Map.of("y", sum)))) {
      program.write("x", x);
      program.run();
      double[] y = program.read("y");
      for (int o = 0; o < 4; o++) {
        for (int i = 0; i < 3; i++) {
          double total = 0;
          for (int r = 0; r < 9; r++) {
            total += x[(o * 9 + r) * 3 + i];
          }
          assertEquals(1 / (1 + Math.exp(-total)), y[o * 3 + i], 1e-6);
        }
      }
      assertEquals(1, program.steps().size());
      return program.steps().getFirst().variant();
    }
  }
}
