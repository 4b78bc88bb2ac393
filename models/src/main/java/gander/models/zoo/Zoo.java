// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static gander.models.net.Layer.dense;
import static gander.models.net.Layer.lrelu;
import static gander.models.net.Layer.normalize;
import static gander.models.net.Layer.relu;
import static gander.models.net.Layer.tanh;

import gander.graph.op.Shape;
import gander.models.data.ImageSize;
import gander.models.data.Mixture;
import gander.models.data.Range;
import gander.models.loss.Formulation;
import gander.models.net.Layer;
import gander.models.net.Network;
import gander.models.optim.Optimizer;
import gander.models.run.Nearest;
import gander.models.run.RunConfig;
import gander.runtime.GanderException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The models by name. What a config leaves open is as the model, or the loss, was published. */
public final class Zoo {
  /** The models' names. */
  public static final List<String> MODELS =
      List.of(
          "gan-mlp",
          "gan-mlp-bn",
          "gan-conv",
          "dcgan",
          "cgan",
          "ae",
          "dae",
          "vae",
          "cvae",
          "vae-gan",
          "cvae-gan");

  /** Models that take a hundred times the arithmetic of the dense ones. */
  private static final Set<String> CONVOLUTIONAL =
      Set.of("gan-conv", "dcgan", "cgan", "vae", "cvae", "vae-gan", "cvae-gan");

  /** Models that halve images as {@link Halvings} says. */
  private static final Set<String> HALVING =
      Set.of("dcgan", "cgan", "vae", "cvae", "vae-gan", "cvae-gan");

  /** Models of colour images of 64x64, unless a config says something else. */
  private static final Set<String> COLOURED = Set.of("dcgan", "cgan", "vae-gan", "cvae-gan");

  /** Models that are given the class of each image. */
  private static final Set<String> CONDITIONAL = Set.of("cgan", "cvae", "cvae-gan");

  /** Models that take points as well: of vectors, without an end that keeps to a range. */
  private static final Set<String> OF_POINTS = Set.of("gan-mlp", "gan-mlp-bn");

  private Zoo() {}

  /**
   * A config in which every default holds. On the reference a convolutional model takes a small
   * batch, so that a step is a matter of seconds.
   */
  public static RunConfig defaults(String model, String data, String device) {
    RunConfig config = RunConfig.of(model, data, device);
    boolean slow = device.equals("reference") && CONVOLUTIONAL.contains(model);
    return slow ? config.with("batch", "8") : config;
  }

  /**
   * The model that a config describes.
   *
   * @throws GanderException if a name in it is unknown or a combination is refused
   */
  public static Model create(RunConfig config) {
    requireKnown(config.model());
    if (isPoints(config)) {
      requireOfPoints(config);
    }
    int pixels = pixels(size(config), channels(config));
    if (config.width() != null && !isHalving(config.model())) {
      throw new GanderException(
          "model '%s' has no width that can be set: leave out 'width'".formatted(config.model()));
    }
    if (config.classes() != null && !isConditional(config.model())) {
      throw new GanderException(
          "model '%s' does not look at classes: leave out 'classes'".formatted(config.model()));
    }
    if (config.without() != null && !config.model().equals("cvae-gan")) {
      throw new GanderException(
          "model '%s' has no parts to do without: leave out 'without'".formatted(config.model()));
    }
    return Settings.averaged(config, bare(config, pixels));
  }

  private static Model bare(RunConfig config, int pixels) {
    return switch (config.model()) {
      case "gan-mlp" -> ganMlp(config, pixels);
      case "gan-mlp-bn" -> ganMlpBn(config, pixels);
      case "gan-conv" -> ganConv(config);
      case "dcgan" -> dcgan(config, 0);
      case "cgan" -> dcgan(config, classes(config));
      case "ae" -> Coders.autoencoder(config, pixels, 0);
      case "dae" -> Coders.autoencoder(config, pixels, 0.3);
      case "vae" -> Coders.vae(config, 0);
      case "cvae" -> Coders.vae(config, classes(config));
      case "vae-gan" -> Coders.vaeGan(config);
      case "cvae-gan" -> Coders.cvaeGan(config, classes(config));
      default -> throw unknown(config.model());
    };
  }

  /**
   * Whether a model halves images down to a few pixels: it takes images of 16x16 at least, and its
   * layers have multiples of a width that can be set.
   */
  public static boolean isHalving(String model) {
    return HALVING.contains(model);
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

  private static int pixels(ImageSize size, int channels) {
    double pixels = (double) size.height() * size.width() * channels;
    if (pixels > Integer.MAX_VALUE) {
      throw new GanderException(
          "images of %dx%dx%d are too large: they have 2^31 values or more; choose a smaller size"
              .formatted(size.height(), size.width(), channels));
    }
    return (int) pixels;
  }

  /** Whether a config's data are points of the plane, two numbers each, in place of images. */
  public static boolean isPoints(RunConfig config) {
    return Mixture.of(config.data()) != null;
  }

  private static void requireOfPoints(RunConfig config) {
    if (!OF_POINTS.contains(config.model())) {
      throw new GanderException(
          "model '%s' takes images, and data set '%s' is points of the plane: take gan-mlp or gan-mlp-bn, or a set of images"
              .formatted(config.model(), config.data()));
    }
    if (config.size() != null || config.channels() != null) {
      throw new GanderException(
          "data set '%s' is points of the plane, which have neither size nor channels: leave out '%s'"
              .formatted(config.data(), config.size() == null ? "channels" : "size"));
    }
  }

  /** The range of the images a config's model takes. */
  public static Range range(RunConfig config) {
    return config.model().contains("gan") ? Range.SIGNED : Range.UNIT;
  }

  /** Height and width of a config's images; 1 of points. */
  public static ImageSize size(RunConfig config) {
    if (isPoints(config)) {
      return ImageSize.square(1);
    }
    if (config.size() != null) {
      return config.size();
    }
    int other = config.model().endsWith("vae") ? 32 : 28;
    return ImageSize.square(COLOURED.contains(config.model()) ? 64 : other);
  }

  /** Channels of a config's images, where no data says how many they have; 2 of points. */
  public static int channels(RunConfig config) {
    if (isPoints(config)) {
      return 2;
    }
    return orElse(config.channels(), COLOURED.contains(config.model()) ? 3 : 1);
  }

  /** Whether a model is given the class of each image. */
  public static boolean isConditional(String model) {
    return CONDITIONAL.contains(model);
  }

  /** How many classes the images of a config's conditional model have. */
  private static int classes(RunConfig config) {
    return orElse(config.classes(), 10);
  }

  /** The name of a config's loss, also where it is the model's own. */
  public static String loss(RunConfig config) {
    if (config.loss() != null) {
      return config.loss();
    }
    return switch (config.model()) {
      case "ae", "dae" -> "squared error";
      case "vae", "cvae" -> "evidence lower bound";
      case "vae-gan", "cvae-gan" -> "the model's own";
      default -> "minimax-ns";
    };
  }

  private static Shape image(RunConfig config) {
    return image(config, channels(config));
  }

  /** The shape of a config's images with so many channels. */
  static Shape image(RunConfig config, int channels) {
    ImageSize size = size(config);
    return Shape.of(size.height(), size.width(), channels);
  }

  /** G: 256 relu, 256 relu, tanh (of points nothing); D: 256 lrelu, 256 lrelu, 1. */
  private static Model ganMlp(RunConfig config, int pixels) {
    List<Layer> generator = ended(config, dense(256), relu(), dense(256), relu(), dense(pixels));
    List<Layer> discriminator = List.of(dense(256), lrelu(), dense(256), lrelu(), dense(1));
    return twoPlayer(
        config,
        Shape.of(pixels),
        0,
        generator,
        loss -> discriminator,
        new Optimizer.Method.AdamMethod(3e-4, 0.9, 0.999));
  }

  /**
   * G: 256, 512, 1024, each lrelu and batch norm, tanh (of points nothing); D: 512 lrelu, 256
   * lrelu, 1.
   */
  private static Model ganMlpBn(RunConfig config, int pixels) {
    List<Layer> generator =
        ended(
            config,
            dense(256),
            lrelu(),
            normalize(0.2),
            dense(512),
            lrelu(),
            normalize(0.2),
            dense(1024),
            lrelu(),
            normalize(0.2),
            dense(pixels));
    List<Layer> discriminator = List.of(dense(512), lrelu(), dense(256), lrelu(), dense(1));
    return twoPlayer(
        config,
        Shape.of(pixels),
        0,
        generator,
        loss -> discriminator,
        new Optimizer.Method.AdamMethod(2e-4, 0.5, 0.999));
  }

  /** A generator's layers with an end that keeps pixels in their range; points are anywhere. */
  private static List<Layer> ended(RunConfig config, Layer... layers) {
    var all = new ArrayList<>(List.of(layers));
    if (!isPoints(config)) {
      all.add(tanh());
    }
    return all;
  }

  /** Convolutions at the size of the image and beyond it; {@link ConvNets} has the layers. */
  private static Model ganConv(RunConfig config) {
    ConvNets.requireQuarters(config.model(), size(config));
    return twoPlayer(
        config,
        image(config),
        0,
        ConvNets.ganConvGenerator(size(config), channels(config)),
        loss -> ConvNets.ganConvDiscriminator(),
        new Optimizer.Method.AdamMethod(3e-4, 0.9, 0.999));
  }

  /**
   * Strided and transposed convolutions with batch norm (Radford et al. 2016). Under a penalty on
   * gradients the discriminator has biases in place of batch norm, as in WGAN-GP's paper, unless
   * that is virtual.
   *
   * @param classes given to both networks; 0 for none
   */
  private static Model dcgan(RunConfig config, int classes) {
    Halvings halvings = Halvings.of(config.model(), size(config));
    int width = orElse(config.width(), 64);
    return twoPlayer(
        config,
        image(config),
        classes,
        ConvNets.dcganGenerator(halvings, channels(config), latent(config) + classes, width),
        loss ->
            ConvNets.dcganDiscriminator(
                halvings,
                width,
                loss.allowsCoupledSamples() || Techniques.of(config).isVirtual("d")),
        new Optimizer.Method.AdamMethod(2e-4, 0.5, 0.999));
  }

  private static int latent(RunConfig config) {
    return orElse(config.zdim(), 100);
  }

  private static Model twoPlayer(
      RunConfig config,
      Shape image,
      int classes,
      List<Layer> generator,
      Function<Formulation, List<Layer>> discriminator,
      Optimizer.Method.AdamMethod published) {
    String loss = loss(config);
    Techniques techniques = Techniques.of(config);
    Formulation formulation =
        techniques.smoothed(
            loss,
            Formulation.of(
                loss, new Formulation.Strengths(config.lambda(), config.gamma(), config.clip())));
    // Both Wasserstein papers update the critic five times, each with an optimizer of its own.
    Optimizer.Method method =
        switch (Formulation.base(loss)) {
          case "wgan" -> new Optimizer.Method.RmsPropMethod(5e-5);
          case "wgan-gp" -> new Optimizer.Method.AdamMethod(1e-4, 0, 0.9);
          default -> published;
        };
    int nCritic = loss.startsWith("wgan") ? 5 : 1;
    return new TwoPlayer(
        new Network(
            "g",
            Shape.of(latent(config) + classes),
            techniques.generator(config.model(), generator)),
        new Network(
            "d",
            classes == 0 ? image : image.with(2, image.dim(2) + classes),
            techniques.discriminator(config.model(), discriminator.apply(formulation))),
        classes,
        formulation,
        techniques,
        overridden(config, method),
        overridden(
            config.learningRateD() == null
                ? config
                : config.with("learningRate", config.learningRateD().toString()),
            method),
        config.batch(),
        orElse(config.nCritic(), nCritic),
        orElse(config.nGenerator(), 1));
  }

  /** The published method with what the config says instead. */
  static Optimizer.Method overridden(RunConfig config, Optimizer.Method published) {
    String name = config.optimizer() == null ? word(published) : config.optimizer();
    double rate = config.learningRate() == null ? published.rate() : config.learningRate();
    Optimizer.Method.AdamMethod adam =
        published instanceof Optimizer.Method.AdamMethod own
            ? own
            : new Optimizer.Method.AdamMethod(rate, 0.9, 0.999);
    return Settings.tempered(config, method(config, name, rate, adam));
  }

  private static Optimizer.Method method(
      RunConfig config, String name, double rate, Optimizer.Method.AdamMethod adam) {
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
      case Optimizer.Method.Tempered tempered -> word(tempered.inner());
    };
  }

  static int orElse(@Nullable Integer value, int other) {
    return value == null ? other : value;
  }

  static double orElse(@Nullable Double value, double other) {
    return value == null ? other : value;
  }
}
