// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import static gander.models.train.SmallTraining.config;
import static gander.models.train.SmallTraining.train;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.op.Ops;
import gander.graph.op.Tensor;
import gander.models.Refusal;
import gander.models.loss.GanLoss;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.runtime.GanderException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs whose numbers become NaN or infinite. */
class BrokenRunTest {
  @TempDir Path folder;

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
}
