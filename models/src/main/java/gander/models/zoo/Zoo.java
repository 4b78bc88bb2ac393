// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static gander.models.net.Layer.dense;
import static gander.models.net.Layer.lrelu;
import static gander.models.net.Layer.normalize;
import static gander.models.net.Layer.relu;
import static gander.models.net.Layer.sigmoid;
import static gander.models.net.Layer.tanh;

import gander.graph.op.Shape;
import gander.models.data.Range;
import gander.models.loss.Formulation;
import gander.models.net.Layer;
import gander.models.net.Network;
import gander.models.optim.Optimizer;
import gander.models.run.Nearest;
import gander.models.run.RunConfig;
import gander.runtime.GanderException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The models by name. What a config leaves open is as the model, or the loss, was published. */
public final class Zoo {
  /** The models' names. */
  public static final List<String> MODELS = List.of("gan-mlp", "gan-mlp-bn", "ae", "dae");

  private Zoo() {}

  /**
   * The model that a config describes.
   *
   * @throws GanderException if a name in it is unknown or a combination is refused
   */
  public static Model create(RunConfig config) {
    int pixels = pixels(size(config), orElse(config.channels(), 1));
    return switch (config.model()) {
      case "gan-mlp" -> ganMlp(config, pixels);
      case "gan-mlp-bn" -> ganMlpBn(config, pixels);
      case "ae" -> autoencoder(config, pixels, 0);
      case "dae" -> autoencoder(config, pixels, 0.3);
      default -> throw unknown(config.model());
    };
  }

  /**
   * @throws GanderException naming the nearest, if there is no such model
   */
  public static void requireKnown(String model) {
    if (!MODELS.contains(model)) {
      throw unknown(model);
    }
  }

  private static GanderException unknown(String model) {
    return new GanderException(
        "unknown model '%s', did you mean '%s'? There are %s"
            .formatted(model, Nearest.to(model, MODELS), String.join(", ", MODELS)));
  }

  private static int pixels(int size, int channels) {
    double pixels = (double) size * size * channels;
    if (pixels > Integer.MAX_VALUE) {
      throw new GanderException(
          "images of %dx%dx%d are too large: they have 2^31 values or more; choose a smaller size"
              .formatted(size, size, channels));
    }
    return (int) pixels;
  }

  /** The range of the images a config's model takes. */
  public static Range range(RunConfig config) {
    return config.model().startsWith("gan") ? Range.SIGNED : Range.UNIT;
  }

  /** Height and width of a config's images. */
  public static int size(RunConfig config) {
    return orElse(config.size(), 28);
  }

  /** G: 256 relu, 256 relu, tanh; D: 256 lrelu, 256 lrelu, 1. */
  private static Model ganMlp(RunConfig config, int pixels) {
    List<Layer> generator = List.of(dense(256), relu(), dense(256), relu(), dense(pixels), tanh());
    List<Layer> discriminator = List.of(dense(256), lrelu(), dense(256), lrelu(), dense(1));
    return twoPlayer(
        config,
        pixels,
        generator,
        discriminator,
        new Optimizer.Method.AdamMethod(3e-4, 0.9, 0.999));
  }

  /** G: 256, 512, 1024, each lrelu and batch norm, tanh; D: 512 lrelu, 256 lrelu, 1. */
  private static Model ganMlpBn(RunConfig config, int pixels) {
    List<Layer> generator =
        List.of(
            dense(256),
            lrelu(),
            normalize(0.2),
            dense(512),
            lrelu(),
            normalize(0.2),
            dense(1024),
            lrelu(),
            normalize(0.2),
            dense(pixels),
            tanh());
    List<Layer> discriminator = List.of(dense(512), lrelu(), dense(256), lrelu(), dense(1));
    return twoPlayer(
        config,
        pixels,
        generator,
        discriminator,
        new Optimizer.Method.AdamMethod(2e-4, 0.5, 0.999));
  }

  private static Model twoPlayer(
      RunConfig config,
      int pixels,
      List<Layer> generator,
      List<Layer> discriminator,
      Optimizer.Method.AdamMethod published) {
    String loss = config.loss() == null ? "minimax-ns" : config.loss();
    Formulation formulation =
        Formulation.of(
            loss, new Formulation.Strengths(config.lambda(), config.gamma(), config.clip()));
    // Both Wasserstein papers update the critic five times, each with an optimizer of its own.
    Optimizer.Method method =
        switch (loss) {
          case "wgan" -> new Optimizer.Method.RmsPropMethod(5e-5);
          case "wgan-gp" -> new Optimizer.Method.AdamMethod(1e-4, 0, 0.9);
          default -> published;
        };
    int nCritic = loss.startsWith("wgan") ? 5 : 1;
    return new TwoPlayer(
        new Network("g", Shape.of(orElse(config.zdim(), 100)), generator),
        new Network("d", Shape.of(pixels), discriminator),
        formulation,
        overridden(config, method),
        config.batch(),
        orElse(config.nCritic(), nCritic));
  }

  /** E: 512 relu, 256 relu, z; G: 256 relu, 512 relu, sigmoid. */
  private static Model autoencoder(RunConfig config, int pixels, double noise) {
    if (config.loss() != null) {
      throw new GanderException(
          "model '%s' has a loss of its own, the squared error: leave out loss '%s'"
              .formatted(config.model(), config.loss()));
    }
    int latent = orElse(config.zdim(), 32);
    List<Layer> encoder = List.of(dense(512), relu(), dense(256), relu(), dense(latent));
    List<Layer> decoder = List.of(dense(256), relu(), dense(512), relu(), dense(pixels), sigmoid());
    Double given = config.noise();
    return new Autoencoder(
        new Network("e", Shape.of(pixels), encoder),
        new Network("g", Shape.of(latent), decoder),
        overridden(config, new Optimizer.Method.AdamMethod(1e-3, 0.9, 0.999)),
        config.batch(),
        given == null ? noise : given);
  }

  /** The published method with what the config says instead. */
  private static Optimizer.Method overridden(RunConfig config, Optimizer.Method published) {
    String name = config.optimizer() == null ? word(published) : config.optimizer();
    double rate = config.learningRate() == null ? published.rate() : config.learningRate();
    Optimizer.Method.AdamMethod adam =
        published instanceof Optimizer.Method.AdamMethod own
            ? own
            : new Optimizer.Method.AdamMethod(rate, 0.9, 0.999);
    return switch (name) {
      case "adam" ->
          new Optimizer.Method.AdamMethod(
              rate, orElse(config.beta1(), adam.beta1()), orElse(config.beta2(), adam.beta2()));
      case "sgd" -> new Optimizer.Method.Sgd(rate, orElse(config.momentum(), 0));
      case "rmsprop" -> new Optimizer.Method.RmsPropMethod(rate);
      default ->
          throw new GanderException(
              "unknown optimizer '%s', did you mean '%s'? There are adam, sgd, rmsprop"
                  .formatted(name, Nearest.to(name, List.of("adam", "sgd", "rmsprop"))));
    };
  }

  private static String word(Optimizer.Method method) {
    return switch (method) {
      case Optimizer.Method.AdamMethod adam -> "adam";
      case Optimizer.Method.Sgd sgd -> "sgd";
      case Optimizer.Method.RmsPropMethod rmsProp -> "rmsprop";
    };
  }

  private static int orElse(@Nullable Integer value, int other) {
    return value == null ? other : value;
  }

  private static double orElse(@Nullable Double value, double other) {
    return value == null ? other : value;
  }
}
