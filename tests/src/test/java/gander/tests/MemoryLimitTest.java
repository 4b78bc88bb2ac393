// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Graph;
import gander.graph.Program;
import gander.graph.op.Variable;
import gander.graph.program.DeviceBackend;
import gander.graph.program.DeviceProgram;
import gander.graph.program.Planning;
import gander.models.cli.Said;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps in smaller arenas: kernels run again, the results are the same bits. */
@ExtendWith(Unoptimised.class)
class MemoryLimitTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"dcgan", "vae", "cvae-gan"})
  void stepsInSmallerArenasGiveTheSameBits(String name) {
    RunConfig config = SmallRuns.config(name, "none", OpenCl.ID);
    Model model = Zoo.create(name.equals("cvae-gan") ? config.with("classes", "10") : config);
    Graph graph = SmallRuns.step(model);
    try (DeviceBackend backend = OpenCl.backend()) {
      List<double[]> expected = new ArrayList<>();
      long peak = twoSteps(model, graph, backend, Planning.FREE, expected);
      for (int percent : new int[] {90, 82}) {
        List<double[]> values = new ArrayList<>();
        long limit = peak * percent / 100;
        assertTrue(
            twoSteps(model, graph, backend, Planning.FREE.within(limit), values) <= limit, name);
        for (int i = 0; i < expected.size(); i++) {
          assertArrayEquals(expected.get(i), values.get(i), name + " at " + percent + "%");
        }
      }
    }
  }

  /**
   * Runs two steps and collects all that they leave.
   *
   * @return the bytes of the arena
   */
  private static long twoSteps(
      Model model, Graph graph, DeviceBackend backend, Planning planning, List<double[]> values) {
    model.variables().forEach(backend::clear);
    model.initialize(backend, 5);
    backend.plan(planning);
    try (DeviceProgram program = backend.compile(graph)) {
      SmallRuns.writeBatch(program, model);
      program.run();
      program.run();
      read(program, graph, values);
      for (Variable variable : graph.variables()) {
        values.add(backend.read(variable));
      }
      return program.plan().peak();
    }
  }

  private static void read(Program program, Graph graph, List<double[]> values) {
    graph.outputs().keySet().forEach(output -> values.add(program.read(output)));
  }

  private Object[] train(Path data, Path run, Object... more) {
    List<Object> command = SmallRuns.command("ae", data, OpenCl.ID, 3, run);
    command.addAll(List.of(more));
    return command.toArray();
  }

  @Test
  void aTrainingIsToldHowLittleMemoryDoes() throws IOException {
    Path data = SmallRuns.data(folder.resolve("data"));
    Path free = folder.resolve("free");
    Cli.done(train(data, free));
    Said refused = Said.by(train(data, folder.resolve("refused"), "--memory", "1"));
    assertEquals(2, refused.code(), refused::err);
    Matcher least = Pattern.compile("at least [^(]*\\((\\d+) bytes\\)").matcher(refused.err());
    assertTrue(least.find(), refused::err);
    Path limited = folder.resolve("limited");
    Cli.done(train(data, limited, "--memory", least.group(1)));
    assertArrayEquals(weights(free), weights(limited));
  }

  private static byte[] weights(Path run) throws IOException {
    return Files.readAllBytes(RunDirectory.open(run).checkpointFile(3));
  }

  @Test
  void aPlanTellsWhatRunsAgain() {
    OpenCl.info();
    Object[] words = {"plan", "dcgan", "--batch", 64, "--size", 64, "--device", OpenCl.ID};
    Path map = folder.resolve("map.png");
    List<Object> plan = new ArrayList<>(List.of(words));
    plan.addAll(List.of("--out", map));
    Matcher peak = Pattern.compile("peak ([\\d.]+) MiB").matcher(Cli.done(plan.toArray()).out());
    assertTrue(peak.find());
    long limit = (long) (Double.parseDouble(peak.group(1)) * (1 << 20) * 0.6);
    plan.addAll(List.of("--memory", limit));
    Said said = Cli.done(plan.toArray());
    assertTrue(
        said.out().matches("(?s).*\\d+ kernels, \\d+ of them for the second time.*"), said::out);
  }

  @Test
  void sizesThatAreNoneAreRefused() throws IOException {
    OpenCl.info();
    for (String size : List.of("much", "12 parsecs", "-3", "0", "1e9", "99999999999GiB")) {
      Cli.refused(
          folder,
          List.of("--memory is '" + size + "'; it must be"),
          "plan",
          "gan-mlp",
          "--device",
          OpenCl.ID,
          "--memory=" + size);
    }
    Cli.refused(
        folder,
        List.of("reference", "no arena", "--memory"),
        "train",
        "gan-mlp",
        "--device",
        "reference",
        "--memory",
        "1GiB",
        "--out",
        folder.resolve("run"));
  }
}
