// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.Graph;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import gander.models.zoo.Zoo;
import gander.runtime.GanderException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A model and its settings: the same words in every command that takes a model. */
public final class ModelOptions {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "MODEL",
      description =
          "gan-mlp, gan-mlp-bn, gan-conv, dcgan, cgan, ae, dae, vae, cvae, vae-gan or cvae-gan")
  private String model = "";

  @Option(
      names = "--loss",
      paramLabel = "L",
      description =
          "minimax, minimax-ns, lsgan, hinge, wgan, wgan-gp, r1, a loss with regularizers (lsgan+r1), or the class of your own")
  private @Nullable String loss;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description =
          "images a batch (default 128, on the reference 32, or 8 for models that convolve)")
  private @Nullable Integer batch;

  @Option(names = "--zdim", paramLabel = "N", description = "length of the latent vector")
  private @Nullable Integer zdim;

  @Option(names = "--size", paramLabel = "N", description = "height and width of the images")
  private @Nullable Integer size;

  @Option(names = "--seed", paramLabel = "S", description = "of every random number (default 1)")
  private @Nullable Long seed;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "any other setting of config.json, such as learningRate=1e-4; may be repeated")
  private Map<String, String> settings = new LinkedHashMap<>();

  /** The model's name, which need not exist. */
  public String name() {
    return model;
  }

  /** The seed of every random number. */
  public long seed() {
    return seed == null ? 1 : seed;
  }

  /** The config that these options make of a model's defaults. */
  public RunConfig config(String data, String device) {
    if (model.isEmpty()) {
      throw new GanderException(
          "no model is named: give one of %s".formatted(String.join(", ", Zoo.MODELS)));
    }
    RunConfig config = Zoo.defaults(model, data, device);
    config = with(config, "loss", loss);
    config = with(config, "batch", batch);
    config = with(config, "zdim", zdim);
    config = with(config, "size", size);
    config = with(config, "seed", seed);
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      if (List.of("model", "data", "device", "math").contains(setting.getKey())) {
        throw new GanderException(
            "'%s' has an argument of its own and is not for --set".formatted(setting.getKey()));
      }
      config = config.with(setting.getKey(), setting.getValue());
    }
    return config;
  }

  /** The model's training step on a batch that is written before each run. */
  public Graph step(String device) {
    return Zoo.create(config("none", device)).step(new StepBuilder(seed()));
  }

  public static RunConfig with(RunConfig config, String key, @Nullable Object value) {
    return value == null ? config : config.with(key, value.toString());
  }
}
