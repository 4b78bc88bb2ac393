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

import gander.models.data.ImageSize;
import gander.models.net.Layer;
import java.util.ArrayList;
import java.util.List;

/** The layers of convolutional generators and discriminators. */
final class ConvNets {
  /** Share of a batch in batch norm's running statistics. */
  private static final double MOMENTUM = 0.1;

  private ConvNets() {}

  /**
   * Radford et al. 2016: from {@code [1,1,zdim]} over the smallest map to the image, transposed
   * convolutions that double it, with batch norm and relu, tanh at the end.
   *
   * @param width channels in front of the image, twice as many at every level before
   */
  static List<Layer> dcganGenerator(Halvings halvings, int channels, int zdim, int width) {
    var layers = new ArrayList<Layer>();
    layers.add(reshape(1, 1, zdim));
    int coarsest = halvings.levels() - 1;
    for (int level = coarsest; level >= 0; level--) {
      int filters = width << level;
      layers.add(
          level == coarsest
              ? new Layer.ConvTranspose(filters, halvings.rows(), halvings.columns(), 1, 0, false)
              : new Layer.ConvTranspose(filters, 4, 2, 1, false));
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
  static List<Layer> dcganDiscriminator(Halvings halvings, int width, boolean norm) {
    var layers = new ArrayList<Layer>();
    for (int level = 0; level < halvings.levels(); level++) {
      layers.add(new Layer.Conv(width << level, 4, 2, 1, !norm));
      if (norm && level > 0) {
        layers.add(normalize(MOMENTUM));
      }
      layers.add(lrelu());
    }
    layers.add(new Layer.Conv(1, halvings.rows(), halvings.columns(), 1, 0, !norm));
    layers.add(flatten());
    return layers;
  }

  /**
   * Convolutions that halve images down to the smallest map, to the mean and the logarithm of the
   * variance of each latent number.
   *
   * @param width filters of the first, twice as many at every level behind it
   */
  static List<Layer> vaeEncoder(Halvings halvings, int width, int zdim) {
    var layers = new ArrayList<Layer>();
    for (int level = 0; level < halvings.levels(); level++) {
      layers.add(new Layer.Conv(width << level, 4, 2, 1, true));
      layers.add(relu());
    }
    layers.add(flatten());
    layers.add(dense(2 * zdim));
    return layers;
  }

  /** The encoder turned round, to logits. */
  static List<Layer> vaeDecoder(Halvings halvings, int width, int channels) {
    var layers = new ArrayList<Layer>();
    int widest = width << (halvings.levels() - 1);
    layers.add(dense(halvings.rows() * halvings.columns() * widest));
    layers.add(relu());
    layers.add(reshape(halvings.rows(), halvings.columns(), widest));
    for (int level = halvings.levels() - 2; level >= 0; level--) {
      layers.add(new Layer.ConvTranspose(width << level, 4, 2, 1, true));
      layers.add(relu());
    }
    layers.add(new Layer.ConvTranspose(channels, 4, 2, 1, true));
    return layers;
  }

  /**
   * Convolutions that halve images down to the smallest map, all but the first with batch norm,
   * leaky relu, and a dense layer at the end.
   *
   * @param width filters of the first, twice as many at every level behind it
   * @param outputs of the last layer
   */
  static List<Layer> trunk(Halvings halvings, int width, int outputs) {
    var layers = new ArrayList<Layer>();
    for (int level = 0; level < halvings.levels(); level++) {
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
  static List<Layer> trunkGenerator(Halvings halvings, int width, int channels) {
    int widest = width << (halvings.levels() - 1);
    var layers = new ArrayList<Layer>();
    layers.add(new Layer.Dense(halvings.rows() * halvings.columns() * widest, false));
    layers.add(normalize(MOMENTUM));
    layers.add(relu());
    layers.add(reshape(halvings.rows(), halvings.columns(), widest));
    for (int level = halvings.levels() - 2; level >= 0; level--) {
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
   * @throws GanderException if a side is no multiple of 4
   */
  static void requireQuarters(String model, ImageSize size) {
    Halvings.requireMultiples(model, size, 2);
  }

  /** From a dense layer of twice the image's size to the image, by convolutions. */
  static List<Layer> ganConvGenerator(ImageSize size, int channels) {
    int rows = 2 * size.height();
    int columns = 2 * size.width();
    return List.of(
        dense(rows * columns),
        reshape(rows, columns, 1),
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
