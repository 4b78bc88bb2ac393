// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gander.graph.reference.ReferenceBackend;
import gander.models.data.DataSet;
import gander.models.data.Strokes;
import gander.models.io.Safetensors;
import gander.models.run.Metrics;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.zoo.Zoo;
import java.nio.file.Path;

/** Training on the reference small enough for a test. */
final class SmallTraining {
  private SmallTraining() {}

  static RunConfig config(String model, int steps) {
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

  static DataSet data(RunConfig config) {
    return Strokes.make(1, 0, 23, Zoo.size(config), Zoo.range(config));
  }

  /** Trains a run, on from its last checkpoint. */
  static void train(RunDirectory run) {
    RunConfig config = run.config();
    try (var backend = new ReferenceBackend();
        var trainer = new Trainer(run, Zoo.create(config), backend, data(config))) {
      trainer.train();
    }
  }

  /** A new run, trained to its end. */
  static RunDirectory trained(Path root, RunConfig config) {
    RunDirectory run = RunDirectory.create(root, config);
    train(run);
    return run;
  }

  /** A tensor of the last checkpoint. */
  static double[] last(RunDirectory run, String tensor) {
    return tensor(run.latestCheckpoint().orElseThrow().file(), tensor);
  }

  static double[] tensor(Path file, String tensor) {
    try (var tensors = Safetensors.open(file)) {
      return tensors.doubles(tensor);
    }
  }

  /** The numbers of a metric, a logged step each. */
  static double[] curve(RunDirectory run, String name) {
    return Metrics.curves(run).stream()
        .filter(curve -> curve.name().equals(name))
        .findFirst()
        .orElseThrow()
        .values();
  }

  /** Two checkpoints have the same tensors to the bit. */
  static void sameState(Path whole, Path other) {
    try (var expected = Safetensors.open(whole);
        var actual = Safetensors.open(other)) {
      assertEquals(expected.names(), actual.names());
      for (String name : expected.names()) {
        assertArrayEquals(expected.doubles(name), actual.doubles(name), name);
      }
    }
  }
}
