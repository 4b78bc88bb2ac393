// SPDX-License-Identifier: Apache-2.0
package gander.bench.selftest;

import gander.graph.Backend;
import gander.graph.Program;
import gander.graph.op.Variable;
import gander.models.data.DataSet;
import gander.models.data.ImageSize;
import gander.models.data.Strokes;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A few steps of a model of the zoo, on drawn glyphs, at sizes that the reference takes in its
 * stride.
 *
 * @param name the model, and the loss where it is not the model's own
 */
record ShortTraining(String name, RunConfig config) {
  private static final int BATCH = 16;
  private static final int SIZE = 8;

  /** What models that halve images take at least. */
  private static final int HALVING_SIZE = 16;

  /**
   * What came of it.
   *
   * @param losses names, in the order of each step's values
   * @param curve by step
   * @param variables after the last step
   */
  record Outcome(List<String> losses, List<double[]> curve, Map<String, double[]> variables) {}

  /** Every model, and one with a penalty on gradients. */
  static List<ShortTraining> all(long seed) {
    var all = new ArrayList<ShortTraining>();
    Zoo.MODELS.forEach(model -> all.add(of(model, null, seed)));
    all.add(of("gan-mlp", "wgan-gp", seed));
    return all;
  }

  private static ShortTraining of(String model, @Nullable String loss, long seed) {
    boolean halving = Zoo.isHalving(model);
    RunConfig config =
        RunConfig.of(model, "none", "none")
            .with("batch", Integer.toString(BATCH))
            .with("size", Integer.toString(halving ? HALVING_SIZE : SIZE))
            .with("channels", "1")
            .with("zdim", "8")
            .with("seed", Long.toString(seed));
    config = halving ? config.with("width", "8") : config;
    return loss == null
        ? new ShortTraining(model, config)
        : new ShortTraining(model + "-" + loss, config.with("loss", loss));
  }

  /** Trains from the beginning on a backend that has not trained this model yet. */
  Outcome run(Backend backend, int steps) {
    Model model = Zoo.create(config);
    model.initialize(backend, config.seed());
    ImageSize size = Zoo.size(config);
    var curve = new ArrayList<double[]>();
    try (Program program = backend.compile(model.step(new StepBuilder(config.seed())))) {
      for (int step = 0; step < steps; step++) {
        long first = (long) step * BATCH;
        DataSet strokes = Strokes.make(config.seed(), first, BATCH, size, model.range());
        program.write("x", strokes.images());
        if (model.classes() > 0) {
          program.write("y", Arrays.stream(strokes.labels()).asDoubleStream().toArray());
        }
        program.run();
        curve.add(model.losses().stream().mapToDouble(program::readScalar).toArray());
      }
    }
    var variables = new LinkedHashMap<String, double[]>();
    for (Variable variable : model.variables()) {
      variables.put(variable.name(), backend.read(variable));
    }
    return new Outcome(model.losses(), curve, variables);
  }
}
