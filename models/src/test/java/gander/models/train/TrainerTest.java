// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.op.Ops;
import gander.graph.op.Tensor;
import gander.graph.reference.ReferenceBackend;
import gander.models.Refusal;
import gander.models.data.DataSet;
import gander.models.data.Range;
import gander.models.data.Strokes;
import gander.models.io.Safetensors;
import gander.models.loss.GanLoss;
import gander.models.run.Metrics;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs on the reference, small: what is written, and that stopping changes nothing. */
class TrainerTest {
  @TempDir Path folder;

  /** A formulation of a user's own: one class, named by its class. */
  public static final class Quartic implements GanLoss {
    @Override
    public String name() {
      return "quartic";
    }

    @Override
    public Tensor discriminator(Tensor real, Tensor fake) {
      return Ops.add(Ops.mean(Ops.pow(Ops.sub(real, 1), 4)), Ops.mean(Ops.pow(fake, 4)));
    }

    @Override
    public Tensor generator(Tensor real, Tensor fake) {
      return Ops.mean(Ops.pow(Ops.sub(fake, 1), 4));
    }
  }

  private static RunConfig config(String model, int steps) {
    RunConfig config =
        RunConfig.of(model, "strokes", "reference")
            .with("size", Zoo.isHalving(model) ? "16" : "8")
            .with("channels", "1")
            .with("batch", "5")
            .with("zdim", "3")
            .with("samples", "16")
            .with("logEvery", "1")
            .with("checkpointEvery", "2")
            .with("sampleEvery", "2")
            .with("steps", Integer.toString(steps));
    return Zoo.isHalving(model) ? config.with("width", "2") : config;
  }

  private static DataSet data(RunConfig config) {
    return Strokes.make(1, 0, 23, Zoo.size(config), Zoo.range(config));
  }

  private static void train(RunDirectory run) {
    RunConfig config = run.config();
    try (var backend = new ReferenceBackend();
        var trainer = new Trainer(run, Zoo.create(config), backend, data(config))) {
      trainer.train();
    }
  }

  private static double[] last(RunDirectory run, String tensor) {
    try (var tensors = Safetensors.open(run.latestCheckpoint().orElseThrow().file())) {
      return tensors.doubles(tensor);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gan-mlp",
        "gan-mlp-bn",
        "cgan",
        "ae",
        "dae",
        "vae",
        "cvae",
        "vae-gan",
        "cvae-gan"
      })
  void aRunLeavesItsFiles(String model) throws IOException {
    RunDirectory run = RunDirectory.create(folder.resolve("run"), config(model, 4));
    train(run);
    assertEquals(4, run.latestCheckpoint().orElseThrow().step());
    assertEquals(5, Files.readAllLines(run.metricsCsvFile()).size());
    assertTrue(Files.size(run.sampleFile(4)) > 100);
    assertTrue(Files.size(run.lossPlotFile()) > 1000);
    assertEquals(4, last(run, "step")[0]);
    Metrics.curves(run)
        .forEach(curve ->
            assertTrue(Arrays.stream(curve.values()).allMatch(Double::isFinite), curve.name()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gan-mlp",
        "gan-mlp-bn",
        "cgan",
        "ae",
        "dae",
        "vae",
        "cvae",
        "vae-gan",
        "cvae-gan"
      })
  void stoppingAndGoingOnGivesTheSameBits(String model) throws IOException {
    RunDirectory whole = RunDirectory.create(folder.resolve("whole"), config(model, 7));
    train(whole);
    RunDirectory first = RunDirectory.create(folder.resolve("first"), config(model, 4));
    train(first);
    Path goneOn = folder.resolve("goneOn");
    RunDirectory second = RunDirectory.create(goneOn, config(model, 7));
    Files.createDirectories(second.checkpointFile(4).getParent());
    Files.copy(first.checkpointFile(4), second.checkpointFile(4));
    train(second);
    try (var expected = Safetensors.open(whole.checkpointFile(7));
        var actual = Safetensors.open(second.checkpointFile(7))) {
      assertEquals(expected.names(), actual.names());
      for (String name : expected.names()) {
        assertArrayEquals(expected.doubles(name), actual.doubles(name), name);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "minimax",
        "minimax-ns",
        "lsgan",
        "hinge",
        "wgan",
        "wgan-gp",
        "r1",
        "hinge+r1",
        "lsgan+gp+clip"
      })
  void everyLossTrains(String loss) {
    RunDirectory run =
        RunDirectory.create(folder.resolve("run"), config("gan-mlp", 3).with("loss", loss));
    train(run);
    assertEquals(3, run.latestCheckpoint().orElseThrow().step());
  }

  @Test
  void aLossOfAUsersOwnTrains() {
    RunConfig config = config("gan-mlp", 3).with("loss", Quartic.class.getName());
    RunDirectory run = RunDirectory.create(folder.resolve("run"), config);
    train(run);
    assertEquals(3, run.latestCheckpoint().orElseThrow().step());
  }

  @Test
  void otherSeedsGiveOtherNumbersAndTheSameSeedTheSame() {
    double[][] weights = new double[3][];
    for (int i = 0; i < 3; i++) {
      String seed = i == 2 ? "8" : "7";
      RunDirectory run =
          RunDirectory.create(folder.resolve("run" + i), config("gan-mlp", 2).with("seed", seed));
      train(run);
      weights[i] = last(run, "d/0/weight");
    }
    assertArrayEquals(weights[0], weights[1]);
    assertTrue(!Arrays.equals(weights[0], weights[2]));
  }

  @Test
  void aNumberThatIsNoneStopsTheRun() {
    RunConfig config = config("ae", 50).with("learningRate", "1e300").with("checkpointEvery", "1");
    RunDirectory run = RunDirectory.create(folder.resolve("run"), config);
    Refusal.of(() -> train(run), "recon", "NaN", run.root());
    assertTrue(run.latestCheckpoint().isPresent());
  }

  @Test
  void aCheckpointOfAnotherModelIsRefused() throws IOException {
    RunDirectory ae = RunDirectory.create(folder.resolve("ae"), config("ae", 2));
    train(ae);
    RunDirectory gan = RunDirectory.create(folder.resolve("gan"), config("gan-mlp", 4));
    Files.createDirectories(gan.checkpointFile(2).getParent());
    Files.copy(ae.checkpointFile(2), gan.checkpointFile(2));
    Refusal.of(() -> train(gan), gan.checkpointFile(2));
  }

  @Test
  void samplesComeFromTheLatestCheckpoint() throws IOException {
    RunConfig config = config("gan-mlp", 2);
    RunDirectory run = RunDirectory.create(folder.resolve("run"), config);
    try (var backend = new ReferenceBackend()) {
      Refusal.of(
          () -> Sampler.of(run, backend, data(config), 16, 1).close(), run.root(), "no checkpoint");
    }
    train(run);
    Path sheet = folder.resolve("sheet.png");
    try (var backend = new ReferenceBackend();
        Sampler sampler = Sampler.of(run, backend, data(config), 16, config.seed())) {
      sampler.write(sheet);
    }
    assertArrayEquals(Files.readAllBytes(run.sampleFile(2)), Files.readAllBytes(sheet));
    assertEquals(Range.SIGNED, Zoo.range(config));
  }
}
