// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.run.Metrics;
import gander.models.run.RunDirectory;
import gander.models.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * The techniques of Salimans et al. 2016 on a device, alone and together: they train, a step is the
 * reference's, and stopping changes nothing. Kernels are compiled without optimisation, as in
 * {@link TrainingOnOpenClTest}.
 */
@ExtendWith(Unoptimised.class)
class TechniquesOnOpenClTest {
  private static final String STATELESS =
      "--feature-matching --minibatch-kernels 6 --minibatch-dims 3 --real-target 0.9";

  private static final String BATCHES_AND_PAST =
      "gan-mlp-bn --virtual-batch-norm g --historical-averaging 1 --ema 0.9 " + STATELESS;
  private static final String ALL =
      "cgan --virtual-batch-norm g+d --historical-averaging 1 --loss lsgan+spectral-norm "
          + STATELESS;
  private static final String MOVING_MEANS = "cvae-gan --drawn-classes --rho 0.9";

  /** A model, and options: steps of one have the same kernels in all tests. */
  static final List<String> TRAININGS =
      List.of(
          "gan-mlp --feature-matching",
          "gan-mlp --minibatch-kernels 10",
          "gan-mlp --historical-averaging 1",
          "gan-mlp --real-target 0.9",
          "gan-mlp --real-target 0.9 --loss lsgan",
          "gan-mlp-bn --virtual-batch-norm g",
          BATCHES_AND_PAST,
          "dcgan --virtual-batch-norm g+d",
          "dcgan --virtual-batch-norm g+d --loss wgan-gp --n-critic 2",
          "dcgan --minibatch-kernels 10",
          ALL,
          MOVING_MEANS);

  /** Those that keep more than weights from step to step. */
  static final List<String> KEEPING = List.of(BATCHES_AND_PAST, ALL, MOVING_MEANS);

  @TempDir Path folder;
  private Path data;

  @BeforeEach
  void writeData() throws IOException {
    OpenCl.info();
    data = SmallRuns.data(folder.resolve("data"));
  }

  private Object[] command(String training, int steps, Path run) {
    List<String> words = List.of(training.split(" "));
    List<Object> command = SmallRuns.command(words.getFirst(), data, OpenCl.ID, steps, run);
    command.addAll(words.subList(1, words.size()));
    return command.toArray();
  }

  @ParameterizedTest
  @FieldSource("TRAININGS")
  void itTrains(String training) {
    Path run = folder.resolve("run");
    Cli.done(command(training, 20, run));
    var curves = Metrics.curves(RunDirectory.open(run));
    assertTrue(curves.size() >= 2, curves::toString);
    curves.forEach(curve -> {
      assertEquals(20, curve.values().length);
      assertTrue(Arrays.stream(curve.values()).allMatch(Double::isFinite), curve::name);
    });
  }

  @ParameterizedTest
  @FieldSource("TRAININGS")
  void aStepIsTheReferences(String training) {
    Path run = folder.resolve("run");
    Cli.done(command(training, 1, run));
    TwoSteps.areTheReferences(Zoo.create(RunDirectory.open(run).config()));
  }

  /** What is kept, a history and two reference batches, is in the checkpoint. */
  @ParameterizedTest
  @FieldSource("KEEPING")
  void goingOnChangesNothing(String training) throws IOException {
    RunDirectory whole = RunDirectory.open(trained(training, "whole"));
    RunDirectory second = RunDirectory.open(trained(training, "second"));
    Files.delete(second.checkpointFile(6));
    byte[] sheet = Files.readAllBytes(second.sampleFile(6));
    Files.delete(second.sampleFile(6));
    Cli.done("resume", second.root());
    assertArrayEquals(
        Files.readAllBytes(whole.checkpointFile(6)), Files.readAllBytes(second.checkpointFile(6)));
    assertArrayEquals(sheet, Files.readAllBytes(second.sampleFile(6)));
  }

  private Path trained(String training, String name) {
    Path run = folder.resolve(name);
    Cli.done(command(training + " --checkpoint-every 3", 6, run));
    return run;
  }
}
