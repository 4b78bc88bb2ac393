// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.Graph;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import gander.models.zoo.Zoo;
import gander.runtime.GanderException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A model and its settings: the same words in every command that takes a model. */
public final class ModelOptions {
  /** Keys of a config that have arguments of their own, which mean more than the key. */
  private static final List<String> OWN = List.of("model", "data", "device", "math");

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
          "one that 'gander losses' lists, such as hinge or wgan-gp, a loss with regularizers (lsgan+r1), or the class of your own")
  private @Nullable String loss;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description =
          "images a batch (default 128, on the reference 32, or 8 for models that convolve)")
  private @Nullable Integer batch;

  @Option(names = "--zdim", paramLabel = "N", description = "length of the latent vector")
  private @Nullable Integer zdim;

  @Option(
      names = "--size",
      paramLabel = "N|HxW",
      description = "of the images: a square's side, or height and width such as 48x64")
  private @Nullable String size;

  @Option(names = "--seed", paramLabel = "S", description = "of every random number (default 1)")
  private @Nullable Long seed;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "any other setting of config.json, such as learningRate=1e-4; may be repeated")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "settings from a file, JSON or YAML (.yaml, .yml), such as the config.json of a run; options count more")
  private @Nullable Path file;

  private final Map<String, String> keyed = new LinkedHashMap<>();

  /** The model's name, which need not exist. */
  public String name() {
    String named = model.isEmpty() ? fromFile("model") : model;
    if (named == null) {
      throw new GanderException(
          "no model is named: give one of %s".formatted(String.join(", ", Zoo.MODELS)));
    }
    return named;
  }

  /** The text that the config file has for a key; null without it. */
  public @Nullable String fromFile(String key) {
    return file == null ? null : RunConfig.text(file, key);
  }

  /** Makes an option of every setting that has none of its own: {@code --learning-rate}. */
  void addKeys(CommandSpec command) {
    RunConfig.keys()
        .forEach((key, kind) -> {
          String name = "--" + key.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
          if (OWN.contains(key) || command.optionsMap().containsKey(name)) {
            return;
          }
          var option =
              OptionSpec.builder(name)
                  .type(String.class)
                  .paramLabel("V")
                  .description("the setting '%s', %s".formatted(key, kind))
                  .setter(
                      new ISetter() {
                        @Override
                        public <T> @Nullable T set(@Nullable T value) {
                          if (value == null) {
                            keyed.remove(key);
                          } else {
                            keyed.put(key, value.toString());
                          }
                          return value;
                        }
                      });
          if (kind.equals("true or false")) {
            option.arity("0..1").fallbackValue("true");
          }
          command.addOption(option.build());
        });
  }

  /** The seed of every random number. */
  public long seed() {
    return seed == null ? 1 : seed;
  }

  /** The config that these options make of a model's defaults. */
  public RunConfig config(String data, String device) {
    RunConfig config = Zoo.defaults(name(), data, device);
    if (file != null) {
      config = config.with(file).with("model", name()).with("data", data).with("device", device);
    }
    config = with(config, "loss", loss);
    config = with(config, "batch", batch);
    config = with(config, "zdim", zdim);
    config = with(config, "size", size);
    config = with(config, "seed", seed);
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      if (OWN.contains(setting.getKey())) {
        throw new GanderException(
            "'%s' has an argument of its own and is not for --set".formatted(setting.getKey()));
      }
      config = config.with(setting.getKey(), setting.getValue());
    }
    for (Map.Entry<String, String> setting : keyed.entrySet()) {
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
