// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static gander.models.net.Layer.dense;
import static gander.models.net.Layer.relu;
import static gander.models.net.Layer.sigmoid;

import gander.graph.op.Shape;
import gander.models.net.Layer;
import gander.models.net.Network;
import gander.models.optim.Optimizer;
import gander.models.run.Nearest;
import gander.models.run.RunConfig;
import gander.runtime.GanderException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The models of the zoo that have an encoder, from their configs. */
final class Coders {
  private static final List<String> PARTS = List.of("d", "c", "image");

  private Coders() {}

  /** E: 512 relu, 256 relu, z; G: 256 relu, 512 relu, sigmoid. */
  static Model autoencoder(RunConfig config, int pixels, double noise) {
    requireOwnLoss(config, "the squared error");
    int latent = Zoo.orElse(config.zdim(), 32);
    List<Layer> encoder = List.of(dense(512), relu(), dense(256), relu(), dense(latent));
    List<Layer> decoder = List.of(dense(256), relu(), dense(512), relu(), dense(pixels), sigmoid());
    Double given = config.noise();
    return new Autoencoder(
        new Network("e", Shape.of(pixels), encoder),
        new Network("g", Shape.of(latent), decoder),
        Zoo.overridden(config, new Optimizer.Method.AdamMethod(1e-3, 0.9, 0.999)),
        config.batch(),
        given == null ? noise : given);
  }

  /** Kingma and Welling 2014, by convolutions; {@link ConvNets} has the layers. */
  static Model vae(RunConfig config, int classes) {
    requireOwnLoss(config, "the evidence lower bound");
    Halvings halvings = Halvings.of(config.model(), Zoo.size(config));
    int width = Zoo.orElse(config.width(), 32);
    int zdim = Zoo.orElse(config.zdim(), 64);
    return new VariationalAutoencoder(
        new Network(
            "e",
            Zoo.image(config, Zoo.channels(config) + classes),
            ConvNets.vaeEncoder(halvings, width, zdim)),
        new Network(
            "g",
            Shape.of(zdim + classes),
            ConvNets.vaeDecoder(halvings, width, Zoo.channels(config))),
        classes,
        Zoo.overridden(config, new Optimizer.Method.AdamMethod(1e-3, 0.9, 0.999)),
        config.batch(),
        Zoo.orElse(config.beta(), 1),
        Zoo.orElse(config.klWarmup(), 0));
  }

  /** Larsen et al. 2016, with the networks of {@link #cvaeGan} but for classes. */
  static Model vaeGan(RunConfig config) {
    requireOwnLoss(config, "the evidence lower bound in a discriminator's features");
    Trunks trunks = new Trunks(config, 0);
    return new VaeGan(
        trunks.encoder(),
        trunks.generator(),
        trunks.network("d", 1),
        Zoo.overridden(config, TRUNKS),
        config.batch(),
        Zoo.orElse(config.beta(), 1),
        Zoo.orElse(config.gamma(), 1e-3));
  }

  /** Bao et al. 2017; {@link ConvNets} has the layers. */
  static Model cvaeGan(RunConfig config, int classes) {
    requireOwnLoss(config, "one of each network");
    Set<String> without = without(config);
    Trunks trunks = new Trunks(config, classes);
    return new CvaeGan(
        trunks.encoder(),
        trunks.generator(),
        trunks.network("d", 1),
        trunks.network("c", classes),
        new CvaeGan.Parts(
            !without.contains("d"), !without.contains("c"), !without.contains("image")),
        Zoo.overridden(config, TRUNKS),
        config.batch(),
        Zoo.orElse(config.beta(), 3),
        Zoo.orElse(config.matching(), 1e-3),
        Zoo.orElse(config.rho(), 0),
        Boolean.TRUE.equals(config.drawnClasses()));
  }

  private static final Optimizer.Method.AdamMethod TRUNKS =
      new Optimizer.Method.AdamMethod(2e-4, 0.5, 0.999);

  /** Networks that are all made of one trunk. */
  private record Trunks(RunConfig config, int classes) {
    Halvings halvings() {
      return Halvings.of(config.model(), Zoo.size(config));
    }

    int width() {
      return Zoo.orElse(config.width(), 64);
    }

    int zdim() {
      return Zoo.orElse(config.zdim(), 256);
    }

    Network encoder() {
      return network("e", Zoo.channels(config) + classes, 2 * zdim());
    }

    Network generator() {
      return new Network(
          "g",
          Shape.of(zdim() + classes),
          ConvNets.trunkGenerator(halvings(), width(), Zoo.channels(config)));
    }

    Network network(String name, int outputs) {
      return network(name, Zoo.channels(config), outputs);
    }

    private Network network(String name, int channels, int outputs) {
      return new Network(
          name, Zoo.image(config, channels), ConvNets.trunk(halvings(), width(), outputs));
    }
  }

  /** The parts that a CVAE-GAN does without. */
  private static Set<String> without(RunConfig config) {
    var without = new HashSet<String>();
    String named = config.without();
    for (String part : named == null ? new String[0] : named.split("\\+", -1)) {
      if (!PARTS.contains(part)) {
        throw new GanderException(
            "'without' names '%s', did you mean '%s'? There are d, c and image, also joined by +"
                .formatted(part, Nearest.to(part, PARTS)));
      }
      without.add(part);
    }
    if (without.size() == PARTS.size()) {
      throw new GanderException(
          "without d, c and image nothing is left to reconstruct: leave one of them in");
    }
    return without;
  }

  private static void requireOwnLoss(RunConfig config, String own) {
    if (config.loss() != null) {
      throw new GanderException(
          "model '%s' has a loss of its own, %s: leave out loss '%s'"
              .formatted(config.model(), own, config.loss()));
    }
  }
}
