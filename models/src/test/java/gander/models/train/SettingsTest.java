// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import static gander.models.train.SmallTraining.config;
import static gander.models.train.SmallTraining.curve;
import static gander.models.train.SmallTraining.data;
import static gander.models.train.SmallTraining.last;
import static gander.models.train.SmallTraining.sameState;
import static gander.models.train.SmallTraining.tensor;
import static gander.models.train.SmallTraining.train;
import static gander.models.train.SmallTraining.trained;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.reference.ReferenceBackend;
import gander.models.Refusal;
import gander.models.data.DataSet;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What rates, averages and techniques do over the steps of a run. */
class SettingsTest {
  @TempDir Path folder;

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
    "vae, klWarmup=4 schedule=linear clipNorm=1",
    "vae-gan, klWarmup=4 learningRateD=1e-3 schedule=linear",
    "cvae-gan, klWarmup=5 learningRateD=1e-3 ema=0.9"
  })
  void schedulesGoOnWithTheSameBits(String model, String settings) throws IOException {
    RunConfig config = config(model, 7).with("keepLast", "9");
    for (String setting : settings.split(" ")) {
      String[] pair = setting.split("=");
      config = config.with(pair[0], pair[1]);
    }
    RunDirectory whole = trained(folder.resolve("whole"), config);
    RunDirectory second = RunDirectory.create(folder.resolve("second"), config);
    Files.copy(whole.checkpointFile(4), second.checkpointFile(4));
    train(second);
    sameState(whole.checkpointFile(7), second.checkpointFile(7));
  }

  @Test
  void anAverageFollowsTheWeightsAndMakesTheImages() {
    RunConfig config = config("gan-mlp", 2).with("ema", "0.75").with("checkpointEvery", "1");
    RunDirectory run = trained(folder.resolve("run"), config);
    RunDirectory plain = trained(folder.resolve("plain"), config.with("ema", "null"));
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

  @ParameterizedTest
  @CsvSource({"vae, total", "vae-gan, e/total", "cvae-gan, e/total"})
  void theDivergenceWarmsUp(String model, String sum) {
    RunConfig config = config(model, 4).with("klWarmup", "4").with("beta", "2");
    RunDirectory run = trained(folder.resolve("run"), config);
    double[] total = curve(run, sum);
    double[] weighted = curve(run, "kl/weighted");
    double[] recon = curve(run, "recon");
    double[] kl = curve(run, "kl");
    for (int step = 0; step < 4; step++) {
      double expected = recon[step] + 2 * step / 4.0 * kl[step];
      assertEquals(expected, total[step], 1e-12 * expected);
      assertEquals(2 * step / 4.0 * kl[step], weighted[step], 1e-12 * kl[step]);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gan-mlp", "vae-gan", "cvae-gan"})
  void aDiscriminatorMayHaveARateOfItsOwn(String model) {
    RunConfig config = config(model, 1).with("learningRateD", "0.125");
    RunDirectory run = trained(folder.resolve("run"), config);
    assertEquals(0.125, last(run, "d/optimizer/rate")[0]);
    assertTrue(last(run, "g/optimizer/rate")[0] < 0.01, "as published");
  }

  @Test
  void settingsOfOtherModelsAreRefused() {
    var others = List.of("learningRateD", "nGenerator", "nCritic", "lambda", "gamma", "clip");
    for (String setting : others) {
      Refusal.of(() -> Zoo.create(config("ae", 2).with(setting, "2")), setting, "'ae'");
    }
    for (String setting : List.of("beta", "klWarmup", "noise")) {
      Refusal.of(() -> Zoo.create(config("dcgan", 2).with(setting, "2")), setting, "'dcgan'");
    }
    for (String setting : List.of("rho", "matching")) {
      Refusal.of(() -> Zoo.create(config("vae-gan", 2).with(setting, "0")), setting, "'vae-gan'");
    }
    RunConfig without = config("cvae-gan", 2).with("without", "d");
    Refusal.of(() -> Zoo.create(without.with("learningRateD", "1")), "learningRateD");
    RunConfig config = config("ae", 2);
    Refusal.of(() -> Zoo.create(config.with("schedule", "cosin")), "'cosin'", "'cosine'");
    Refusal.of(() -> Zoo.create(config.with("decayBy", "0.5")), "'decayBy'", "step");
    Refusal.of(() -> Zoo.create(config.with("schedule", "step")), "decayEvery");
    for (String model : Zoo.MODELS) {
      Zoo.create(RunConfig.of(model, "strokes", "reference").with("ema", "0.9"));
    }
  }
}
