// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Backend;
import gander.models.cli.Said;
import gander.models.data.Reading;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.train.RunData;
import gander.models.train.Trainer;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import gander.runtime.GanderException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Training on a device: one seed gives one result to the bit, stopping and going on changes
 * nothing, and a step of every model with every loss is the reference's. Kernels are compiled
 * without optimisation, which halves the time that compiling takes, nearly all of it: what
 * optimised ones compute is for the tests of kernels, traces and the self-test.
 */
@ExtendWith(Unoptimised.class)
class TrainingOnOpenClTest {
  private static final int STEPS = 11;

  /** In the third epoch of four steps, and two steps behind a checkpoint. */
  private static final int STOP = 9;

  @TempDir Path folder;
  private Path data;

  @BeforeEach
  void writeData() throws IOException {
    OpenCl.info();
    data = SmallRuns.data(folder.resolve("data"));
  }

  static List<String> models() {
    return Zoo.MODELS;
  }

  /** Of models but one, whose kernels take long to compile, one loss with each kind of critic. */
  private static List<String> lossesOf(String model) {
    return model.equals("gan-mlp") ? EveryLossTest.losses() : List.of("minimax-ns", "wgan-gp");
  }

  static Stream<Arguments> modelsWithLosses() {
    return Zoo.MODELS.stream()
        .flatMap(model ->
            Zoo.create(SmallRuns.config(model, "none", "none")).losses().equals(List.of("d", "g"))
                ? lossesOf(model).stream().map(loss -> Arguments.of(model, loss))
                : Stream.of(Arguments.of(model, null)));
  }

  @ParameterizedTest
  @MethodSource("models")
  void oneSeedGivesOneResult(String model) throws IOException {
    var checkpoints = new ArrayList<byte[]>();
    for (String seed : List.of("3", "3", "4")) {
      Path run = folder.resolve("run" + checkpoints.size());
      List<Object> command = SmallRuns.command(model, data, OpenCl.ID, 5, run);
      command.addAll(List.of("--set", "seed=" + seed));
      Said said = Cli.done(command.toArray());
      if (!checkpoints.isEmpty()) {
        assertTrue(said.err().contains(" used, 0 of them compiled now"), said::err);
      }
      checkpoints.add(Files.readAllBytes(RunDirectory.open(run).checkpointFile(5)));
    }
    assertArrayEquals(checkpoints.get(0), checkpoints.get(1));
    assertFalse(Arrays.equals(checkpoints.get(0), checkpoints.get(2)));
  }

  @ParameterizedTest
  @MethodSource("models")
  void stoppingAndGoingOnChangesNothing(String model) throws IOException {
    RunConfig config =
        SmallRuns.config(model, data.toString(), OpenCl.ID)
            .with("steps", Integer.toString(STEPS))
            .with("logEvery", "1")
            .with("sampleEvery", "3")
            .with("checkpointEvery", "7");
    RunDirectory whole = whole(config);
    RunDirectory stopped = stopped(config);
    assertEquals(7, stopped.latestCheckpoint().orElseThrow().step());
    assertEquals(1 + STOP, Files.readAllLines(stopped.metricsCsvFile()).size());
    Cli.done("resume", stopped.root());
    List<String> files = sameFiles(whole, stopped);
    assertTrue(files.size() > 8, files::toString);
  }

  /** All of a run's files, which are those of another to the bit. */
  private static List<String> sameFiles(RunDirectory run, RunDirectory other) throws IOException {
    List<String> files = files(run.root());
    assertEquals(files, files(other.root()));
    for (String file : files) {
      assertArrayEquals(
          Files.readAllBytes(run.root().resolve(file)),
          Files.readAllBytes(other.root().resolve(file)),
          file);
    }
    return files;
  }

  private RunDirectory whole(RunConfig config) {
    RunDirectory run = RunDirectory.create(folder.resolve("whole"), config);
    train(run, OpenCl.backend());
    return run;
  }

  /** A run that has stopped on the way. */
  private RunDirectory stopped(RunConfig config) {
    RunDirectory run = RunDirectory.create(folder.resolve("stopped"), config);
    assertThrows(
        StoppingBackend.Stopped.class,
        () -> train(run, new StoppingBackend(OpenCl.backend(), STOP)));
    return run;
  }

  private static void train(RunDirectory run, Backend opened) {
    RunConfig config = run.config();
    try (Backend backend = opened;
        var trainer =
            new Trainer(run, Zoo.create(config), backend, RunData.open(config, Reading.SILENT))) {
      trainer.train();
    }
  }

  /** All files but those that say when and how fast it was trained. */
  private static List<String> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile)
          .map(f -> root.relativize(f).toString())
          .filter(name -> !List.of("sessions.jsonl", "report.html").contains(name))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("modelsWithLosses")
  void aStepIsTheReferences(String name, @Nullable String loss) {
    RunConfig plain = SmallRuns.config(name, "none", "none");
    RunConfig config = loss == null ? plain : plain.with("loss", loss);
    Model model;
    try {
      model = Zoo.create(config);
    } catch (GanderException e) {
      Assumptions.abort("refused: " + e.getMessage());
      return;
    }
    TwoSteps.areTheReferences(model);
  }

  @ParameterizedTest
  @CsvSource({"gan-conv, 8x12", "dcgan, 16x24", "cvae, 24x16"})
  void aStepOfImagesOfAnyShapeIsTheReferences(String name, String size) {
    TwoSteps.areTheReferences(
        Zoo.create(SmallRuns.config(name, "none", "none").with("size", size)));
  }

  /** Points need no files and no sizes; what is counted of them is in the metrics. */
  @Test
  void pointsGoOnWithTheSameBits() throws IOException {
    RunConfig config =
        RunConfig.of("gan-mlp", "grid25", OpenCl.ID)
            .with("batch", "16")
            .with("zdim", "2")
            .with("samples", "50")
            .with("steps", Integer.toString(STEPS))
            .with("logEvery", "2")
            .with("sampleEvery", "5")
            .with("checkpointEvery", "7");
    RunDirectory whole = whole(config);
    RunDirectory stopped = stopped(config);
    Cli.done("resume", stopped.root());
    List<String> files = sameFiles(whole, stopped);
    assertTrue(files.contains("samples/step-000010.csv"), files::toString);
  }
}
