// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import static gander.models.train.SmallTraining.config;
import static gander.models.train.SmallTraining.data;
import static gander.models.train.SmallTraining.last;
import static gander.models.train.SmallTraining.sameState;
import static gander.models.train.SmallTraining.train;
import static gander.models.train.SmallTraining.trained;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.op.Ops;
import gander.graph.op.Tensor;
import gander.graph.reference.ReferenceBackend;
import gander.models.Refusal;
import gander.models.data.Range;
import gander.models.io.Curve;
import gander.models.loss.GanLoss;
import gander.models.run.Metrics;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.run.Session;
import gander.models.zoo.Zoo;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;

/** Runs on the reference, small: what is written, and that stopping changes nothing. */
class TrainerTest {
  static final List<String> MODELS =
      List.of("gan-mlp", "gan-mlp-bn", "cgan", "ae", "dae", "vae", "cvae", "vae-gan", "cvae-gan");

  @TempDir Path folder;

  @ParameterizedTest
  @FieldSource("MODELS")
  void aRunLeavesItsFiles(String model) throws IOException {
    RunDirectory run = trained(folder.resolve("run"), config(model, 4));
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
  @FieldSource("MODELS")
  void stoppingAndGoingOnGivesTheSameBits(String model) throws IOException {
    RunDirectory whole = trained(folder.resolve("whole"), config(model, 7));
    RunDirectory first = trained(folder.resolve("first"), config(model, 4));
    Path goneOn = folder.resolve("goneOn");
    RunDirectory second = RunDirectory.create(goneOn, config(model, 7));
    Files.createDirectories(second.checkpointFile(4).getParent());
    Files.copy(first.checkpointFile(4), second.checkpointFile(4));
    train(second);
    sameState(whole.checkpointFile(7), second.checkpointFile(7));
  }

  @Test
  void otherSeedsGiveOtherNumbersAndTheSameSeedTheSame() {
    double[][] weights = new double[3][];
    for (int i = 0; i < 3; i++) {
      String seed = i == 2 ? "8" : "7";
      RunDirectory run =
          trained(folder.resolve("run" + i), config("gan-mlp", 2).with("seed", seed));
      weights[i] = last(run, "d/0/weight");
    }
    assertArrayEquals(weights[0], weights[1]);
    assertTrue(!Arrays.equals(weights[0], weights[2]));
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
    RunDirectory run = trained(folder.resolve("run"), config("gan-mlp", 3).with("loss", loss));
    assertEquals(3, run.latestCheckpoint().orElseThrow().step());
  }

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

  @Test
  void aLossOfAUsersOwnTrains() {
    RunConfig config = config("gan-mlp", 3).with("loss", Quartic.class.getName());
    RunDirectory run = trained(folder.resolve("run"), config);
    assertEquals(3, run.latestCheckpoint().orElseThrow().step());
  }

  @Test
  void theLastCheckpointsAndTheBestAreKept() throws IOException {
    RunConfig config = config("gan-mlp", 12).with("checkpointEvery", "1").with("keepLast", "2");
    RunDirectory plain = trained(folder.resolve("plain"), config);
    assertEquals(List.of(11L, 12L), steps(plain));
    // What a process that was killed had no time to remove goes when the run goes on.
    Files.copy(plain.checkpointFile(11), plain.checkpointFile(10));
    train(plain);
    assertEquals(List.of(11L, 12L), steps(plain));
    // A number that was lowest early, so that its checkpoint is none of the last.
    Curve curve =
        Metrics.curves(plain).stream().filter(c -> lowest(c) < 10).findFirst().orElseThrow();
    RunDirectory run = trained(folder.resolve("run"), config.with("keepBest", curve.name()));
    assertEquals(List.of(lowest(curve) + 1L, 11L, 12L), steps(run));
    RunDirectory none = RunDirectory.create(folder.resolve("none"), config.with("keepBest", "gg"));
    Refusal.of(() -> train(none), "keepBest 'gg'", "'g'");
  }

  private static int lowest(Curve curve) {
    int lowest = 0;
    for (int i = 0; i < curve.values().length; i++) {
      lowest = curve.values()[i] < curve.values()[lowest] ? i : lowest;
    }
    return lowest;
  }

  private static List<Long> steps(RunDirectory run) {
    return run.checkpoints().stream().map(RunDirectory.Saved::step).toList();
  }

  @Test
  void aCheckpointOfAnotherModelIsRefused() throws IOException {
    RunDirectory ae = trained(folder.resolve("ae"), config("ae", 2));
    RunDirectory gan = RunDirectory.create(folder.resolve("gan"), config("gan-mlp", 4));
    Files.createDirectories(gan.checkpointFile(2).getParent());
    Files.copy(ae.checkpointFile(2), gan.checkpointFile(2));
    Refusal.of(() -> train(gan), gan.checkpointFile(2));
  }

  @Test
  void samplesComeFromTheLatestCheckpoint() throws IOException {
    RunConfig config = config("gan-mlp", 2);
    RunDirectory run = RunDirectory.create(folder.resolve("run"), config);
    Refusal.of(() -> run.checkpoint(null), run.root(), "no checkpoint");
    train(run);
    Refusal.of(() -> run.checkpoint(3L), run.root(), "of step 3", "[2]");
    Path sheet = folder.resolve("sheet.png");
    try (var backend = new ReferenceBackend();
        Sampler sampler =
            Sampler.of(run.checkpoint(2L), config, backend, data(config), 16, config.seed())) {
      sampler.write(sheet);
    }
    assertArrayEquals(Files.readAllBytes(run.sampleFile(2)), Files.readAllBytes(sheet));
    assertEquals(Range.SIGNED, Zoo.range(config));
  }

  @Test
  void theReportIsOnePageThatLoadsNothing() throws Exception {
    RunConfig config = config("gan-mlp", 30).with("tensorboard", "true").with("keepLast", "20");
    RunDirectory run = trained(folder.resolve("a & <b>"), config);
    String page = Files.readString(run.reportFile());
    assertEquals(9, page.split("<figure>", -1).length - 1, "sheets");
    assertTrue(page.contains("<figcaption>step 2<") && page.contains("<figcaption>step 30<"));
    assertTrue(page.contains("Step 30 of 30, real "), page.substring(0, 1500));
    // Everything within it, and well-formed.
    assertTrue(
        !page.matches("(?s).*(http:|https:|src=\"(?!data:image/png;base64,)|<script|<link).*"));
    Document parsed =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(page.getBytes(StandardCharsets.UTF_8)));
    assertEquals(2, parsed.getElementsByTagName("svg").getLength());
    // Going on adds a session, and the events are those of one run.
    long events = Files.size(run.eventFile());
    for (RunDirectory.Saved checkpoint : run.checkpoints()) {
      if (checkpoint.step() > 20) {
        run.delete(checkpoint);
      }
    }
    train(run);
    assertEquals(List.of(30L, 30L), Session.of(run).stream().map(Session::lastStep).toList());
    assertEquals(List.of(0L, 20L), Session.of(run).stream().map(Session::firstStep).toList());
    assertEquals(events, Files.size(run.eventFile()));
    Files.writeString(run.sessionsFile(), "{");
    Refusal.of(() -> Session.of(run), run.sessionsFile());
  }
}
