// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.op.Ops;
import gander.graph.op.Tensor;
import gander.graph.reference.ReferenceBackend;
import gander.models.Refusal;
import gander.models.data.DataSet;
import gander.models.data.Range;
import gander.models.data.Strokes;
import gander.models.io.Curve;
import gander.models.io.Safetensors;
import gander.models.loss.GanLoss;
import gander.models.run.Metrics;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.run.Session;
import gander.models.zoo.Zoo;
import gander.runtime.GanderException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;

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
    return tensor(run.latestCheckpoint().orElseThrow().file(), tensor);
  }

  private static double[] tensor(Path file, String tensor) {
    try (var tensors = Safetensors.open(file)) {
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
    sameState(whole.checkpointFile(7), second.checkpointFile(7));
  }

  private static void sameState(Path whole, Path other) {
    try (var expected = Safetensors.open(whole);
        var actual = Safetensors.open(other)) {
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
  void theLastCheckpointsAndTheBestAreKept() {
    RunConfig config = config("gan-mlp", 12).with("checkpointEvery", "1").with("keepLast", "2");
    RunDirectory plain = RunDirectory.create(folder.resolve("plain"), config);
    train(plain);
    assertEquals(List.of(11L, 12L), steps(plain));
    // A number that was lowest early, so that its checkpoint is none of the last.
    Curve curve =
        Metrics.curves(plain).stream().filter(c -> lowest(c) < 10).findFirst().orElseThrow();
    RunDirectory run =
        RunDirectory.create(folder.resolve("run"), config.with("keepBest", curve.name()));
    train(run);
    assertEquals(List.of(lowest(curve) + 1L, 11L, 12L), steps(run));
    RunDirectory none = RunDirectory.create(folder.resolve("none"), config.with("keepBest", "gg"));
    Refusal.of(() -> train(none), "keepBest 'gg'", "'g'");
  }

  @Test
  void theReportIsOnePageThatLoadsNothing() throws Exception {
    RunConfig config = config("gan-mlp", 30).with("tensorboard", "true").with("keepLast", "20");
    RunDirectory run = RunDirectory.create(folder.resolve("a & <b>"), config);
    train(run);
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

  /** Everything that a schedule or an average adds, and stopping under it. */
  @ParameterizedTest
  @CsvSource({
    "gan-mlp, ema=0.9 clipNorm=0.5 schedule=cosine warmup=3 learningRateD=1e-3 nGenerator=2",
    "gan-mlp-bn, ema=0.5 schedule=step decayEvery=2 decayBy=0.5",
    "ae, schedule=exponential finalRate=0.1 ema=0.9",
    "gan-mlp, historicalAveraging=0.5 nCritic=2 loss=wgan-gp",
    "gan-mlp-bn, virtualBatchNorm=g ema=0.9 realTarget=0.9",
    "cgan, virtualBatchNorm=g+d historicalAveraging=1 minibatchKernels=3 featureMatching=true",
    "cvae-gan, drawnClasses=true rho=0.9",
    "vae, klWarmup=4 schedule=linear clipNorm=1"
  })
  void schedulesGoOnWithTheSameBits(String model, String settings) throws IOException {
    UnaryOperator<RunConfig> set =
        config -> {
          for (String setting : settings.split(" ")) {
            String[] pair = setting.split("=");
            config = config.with(pair[0], pair[1]);
          }
          return config.with("keepLast", "9");
        };
    RunDirectory whole = RunDirectory.create(folder.resolve("whole"), set.apply(config(model, 7)));
    train(whole);
    RunDirectory second =
        RunDirectory.create(folder.resolve("second"), set.apply(config(model, 7)));
    Files.copy(whole.checkpointFile(4), second.checkpointFile(4));
    train(second);
    sameState(whole.checkpointFile(7), second.checkpointFile(7));
  }

  @Test
  void anAverageFollowsTheWeightsAndMakesTheImages() {
    RunConfig config = config("gan-mlp", 2).with("ema", "0.75").with("checkpointEvery", "1");
    RunDirectory run = RunDirectory.create(folder.resolve("run"), config);
    train(run);
    RunDirectory plain = RunDirectory.create(folder.resolve("plain"), config.with("ema", "null"));
    train(plain);
    String weight = "g/0/weight";
    assertArrayEquals(last(plain, weight), last(run, weight), "training is not changed");
    double[] before = tensor(run.checkpointFile(1), "ema/" + weight);
    double[] now = last(run, weight);
    double[] average = last(run, "ema/" + weight);
    for (int i = 0; i < now.length; i++) {
      assertEquals(0.75 * before[i] + 0.25 * now[i], average[i], 1e-15);
    }
    DataSet data = data(config);
    try (var backend = new ReferenceBackend();
        var other = new ReferenceBackend();
        Sampler averaged = Sampler.of(run.checkpoint(null), config, backend, data, 4, 1);
        Sampler raw = Sampler.of(run.checkpoint(null), plain.config(), other, data, 4, 1);
        var third = new ReferenceBackend();
        Sampler same = Sampler.of(plain.checkpoint(null), plain.config(), third, data, 4, 1)) {
      assertArrayEquals(same.images(), raw.images());
      assertTrue(!Arrays.equals(averaged.images(), raw.images()));
    }
  }

  private static double[] curve(RunDirectory run, String name) {
    return Metrics.curves(run).stream()
        .filter(curve -> curve.name().equals(name))
        .findFirst()
        .orElseThrow()
        .values();
  }

  @Test
  void theDivergenceWarmsUp() {
    RunConfig config = config("vae", 4).with("klWarmup", "4").with("beta", "2");
    RunDirectory run = RunDirectory.create(folder.resolve("run"), config);
    train(run);
    double[] total = curve(run, "total");
    double[] recon = curve(run, "recon");
    double[] kl = curve(run, "kl");
    for (int step = 0; step < 4; step++) {
      double expected = recon[step] + 2 * step / 4.0 * kl[step];
      assertEquals(expected, total[step], 1e-12 * expected);
    }
  }

  @Test
  void settingsOfOtherModelsAreRefused() {
    for (String setting : new String[] {"learningRateD", "nGenerator", "klWarmup"}) {
      Refusal.of(() -> Zoo.create(config("ae", 2).with(setting, "2")), setting, "'ae'");
    }
    RunConfig config = config("ae", 2);
    Refusal.of(() -> Zoo.create(config.with("schedule", "cosin")), "'cosin'", "'cosine'");
    Refusal.of(() -> Zoo.create(config.with("decayBy", "0.5")), "'decayBy'", "step");
    Refusal.of(() -> Zoo.create(config.with("schedule", "step")), "decayEvery");
    for (String model : Zoo.MODELS) {
      Zoo.create(RunConfig.of(model, "strokes", "reference").with("ema", "0.9"));
    }
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

  /** A loss whose logarithm leaves its domain as soon as a score is above 1. */
  public static final class Leaving implements GanLoss {
    @Override
    public String name() {
      return "leaving";
    }

    @Override
    public Tensor discriminator(Tensor real, Tensor fake) {
      return Ops.mean(Ops.add(Ops.log(Ops.add(Ops.neg(real), 1)), fake));
    }

    @Override
    public Tensor generator(Tensor real, Tensor fake) {
      return Ops.mean(fake);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7})
  void theOpThatBeganIsNamed(int logEvery) {
    RunConfig config =
        config("gan-mlp", 400)
            .with("loss", Leaving.class.getName())
            .with("learningRate", "1e-3")
            .with("logEvery", Integer.toString(logEvery))
            .with("checkpointEvery", "3")
            .with("sampleEvery", "0");
    RunDirectory run = RunDirectory.create(folder.resolve("run"), config);
    String message =
        String.valueOf(assertThrows(GanderException.class, () -> train(run)).getMessage());
    assertTrue(message.contains("it began in step "), message);
    assertTrue(message.contains("with map log(x0) [5,1], of which "), message);
    assertTrue(message.contains("its inputs: map add(x0, 1) [5,1] in -"), message);
    assertTrue(run.latestCheckpoint().isPresent(), message);
  }

  @Test
  void aWeightThatBreaksIsNamedBeforeALossShowsIt() {
    RunConfig config =
        config("ae", 3)
            .with("learningRate", "1e308")
            .with("optimizer", "sgd")
            .with("logEvery", "3");
    RunDirectory run = RunDirectory.create(folder.resolve("run"), config);
    Refusal.of(() -> train(run), "NaN or infinite by step 2", "it began in step ", "its inputs: ");
    assertTrue(run.latestCheckpoint().isEmpty());
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
}
