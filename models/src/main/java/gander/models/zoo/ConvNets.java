// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static gander.models.net.Layer.averagePool;
import static gander.models.net.Layer.dense;
import static gander.models.net.Layer.flatten;
import static gander.models.net.Layer.lrelu;
import static gander.models.net.Layer.normalize;
import static gander.models.net.Layer.relu;
import static gander.models.net.Layer.reshape;
import static gander.models.net.Layer.tanh;

import gander.models.net.Layer;
import gander.runtime.GanderException;
import java.util.ArrayList;
import java.util.List;

/** The layers of convolutional generators and discriminators of square images. */
final class ConvNets {
  /** Share of a batch in batch norm's running statistics. */
  private static final double MOMENTUM = 0.1;

  private ConvNets() {}

  /**
   * How often DCGAN halves images until they are 4x4.
   *
   * @throws GanderException if it cannot: sizes are 16, 32, 64 and 128
   */
  static int dcganLevels(String model, int size) {
    return switch (size) {
      case 16 -> 2;
      case 32 -> 3;
      case 64 -> 4;
      case 128 -> 5;
      default ->
          throw new GanderException(
              "model '%s' takes images of size 16, 32, 64 or 128, not %d: give one of these with --size"
                  .formatted(model, size));
    };
  }

  /**
   * Radford et al. 2016: from {@code [1,1,zdim]} over 4x4 to the image, transposed convolutions
   * that double it, with batch norm and relu, tanh at the end.
   *
   * @param levels as of {@link #dcganLevels}
   * @param width channels in front of the image, twice as many at every level before
   */
  static List<Layer> dcganGenerator(int levels, int channels, int zdim, int width) {
    var layers = new ArrayList<Layer>();
    layers.add(reshape(1, 1, zdim));
    for (int level = levels - 1; level >= 0; level--) {
      boolean first = level == levels - 1;
      layers.add(new Layer.ConvTranspose(width << level, 4, first ? 1 : 2, first ? 0 : 1, false));
      layers.add(normalize(MOMENTUM));
      layers.add(relu());
    }
    layers.add(new Layer.ConvTranspose(channels, 4, 2, 1, false));
    layers.add(tanh());
    return layers;
  }

  /**
   * The generator turned round, with leaky relu, to one number a sample.
   *
   * @param norm whether it has batch norm; without, it has biases
   */
  static List<Layer> dcganDiscriminator(int levels, int width, boolean norm) {
    var layers = new ArrayList<Layer>();
    for (int level = 0; level < levels; level++) {
      layers.add(new Layer.Conv(width << level, 4, 2, 1, !norm));
      if (norm && level > 0) {
        layers.add(normalize(MOMENTUM));
      }
      layers.add(lrelu());
    }
    layers.add(new Layer.Conv(1, 4, 1, 0, !norm));
    layers.add(flatten());
    return layers;
  }

  /**
   * Convolutions that halve images until they are 4x4, to the mean and the logarithm of the
   * variance of each latent number.
   *
   * @param levels as of {@link #dcganLevels}
   * @param width filters of the first, twice as many at every level behind it
   */
  static List<Layer> vaeEncoder(int levels, int width, int zdim) {
    var layers = new ArrayList<Layer>();
    for (int level = 0; level < levels; level++) {
      layers.add(new Layer.Conv(width << level, 4, 2, 1, true));
      layers.add(relu());
    }
    layers.add(flatten());
    layers.add(dense(2 * zdim));
    return layers;
  }

  /** The encoder turned round, to logits. */
  static List<Layer> vaeDecoder(int levels, int width, int channels) {
    var layers = new ArrayList<Layer>();
    int widest = width << (levels - 1);
    layers.add(dense(4 * 4 * widest));
    layers.add(relu());
    layers.add(reshape(4, 4, widest));
    for (int level = levels - 2; level >= 0; level--) {
      layers.add(new Layer.ConvTranspose(width << level, 4, 2, 1, true));
      layers.add(relu());
    }
    layers.add(new Layer.ConvTranspose(channels, 4, 2, 1, true));
    return layers;
  }

  /**
   * Convolutions that halve images until they are 4x4, all but the first with batch norm, leaky
   * relu, and a dense layer at the end.
   *
   * @param levels as of {@link #dcganLevels}
   * @param width filters of the first, twice as many at every level behind it
   * @param outputs of the last layer
   */
  static List<Layer> trunk(int levels, int width, int outputs) {
    var layers = new ArrayList<Layer>();
    for (int level = 0; level < levels; level++) {
      layers.add(new Layer.Conv(width << level, 4, 2, 1, level == 0));
      if (level > 0) {
        layers.add(normalize(MOMENTUM));
      }
      layers.add(lrelu());
    }
    layers.add(flatten());
    layers.add(dense(outputs));
    return layers;
  }

  /** The trunk turned round, with batch norm at every level and relu, tanh at the end. */
  static List<Layer> trunkGenerator(int levels, int width, int channels) {
    int widest = width << (levels - 1);
    var layers = new ArrayList<Layer>();
    layers.add(new Layer.Dense(4 * 4 * widest, false));
    layers.add(normalize(MOMENTUM));
    layers.add(relu());
    layers.add(reshape(4, 4, widest));
    for (int level = levels - 2; level >= 0; level--) {
      layers.add(new Layer.ConvTranspose(width << level, 4, 2, 1, false));
      layers.add(normalize(MOMENTUM));
      layers.add(relu());
    }
    layers.add(new Layer.ConvTranspose(channels, 4, 2, 1, true));
    layers.add(tanh());
    return layers;
  }

  /**
   * Refuses images that cannot be halved twice.
   *
   * @throws GanderException if the size is no multiple of 4
   */
  static void requireQuarters(String model, int size) {
    if (size % 4 != 0) {
      throw new GanderException(
          "model '%s' halves images twice and takes sizes that are multiples of 4, not %d: give one with --size, such as %d"
              .formatted(model, size, (size / 4 + 1) * 4));
    }
  }

  /** From a dense layer of twice the image's size to the image, by convolutions. */
  static List<Layer> ganConvGenerator(int size, int channels) {
    int twice = 2 * size;
    return List.of(
        dense(twice * twice),
        reshape(twice, twice, 1),
        normalize(MOMENTUM),
        relu(),
        new Layer.Conv(50, 3, 1, 1, true),
        normalize(MOMENTUM),
        relu(),
        new Layer.Conv(25, 3, 1, 1, true),
        normalize(MOMENTUM),
        relu(),
        new Layer.Conv(channels, 2, 2, 0, true),
        tanh());
  }

  /** Convolutions of 5x5 with average pooling, then dense layers. */
  static List<Layer> ganConvDiscriminator() {
    return List.of(
        new Layer.Conv(32, 5, 1, 2, true),
        lrelu(),
        averagePool(2),
        new Layer.Conv(64, 5, 1, 2, true),
        lrelu(),
        averagePool(2),
        flatten(),
        dense(1024),
        lrelu(),
        dense(1));
  }
}
