// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static gander.models.net.Layer.flatten;

import gander.models.loss.Formulation;
import gander.models.loss.GanLoss;
import gander.models.net.Layer;
import gander.models.run.RunConfig;
import gander.runtime.GanderException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Technique}s of a two-player model, and what they make of its layers and its loss.
 *
 * @param featureMatching whether the generator matches features in place of its loss
 * @param kernels of minibatch discrimination; 0 for none
 * @param dims numbers in which each of them compares
 * @param history weight of historical averaging; 0 for none
 * @param realTarget of the discriminator for data; null for the loss's own
 * @param virtual the networks, {@code g} and {@code d}, whose batch norm is virtual
 */
public record Techniques(
    boolean featureMatching,
    int kernels,
    int dims,
    double history,
    @Nullable Double realTarget,
    Set<String> virtual) {
  /** Neither of them. */
  public static final Techniques NONE = new Techniques(false, 0, 0, 0, null, Set.of());

  /** Numbers in which a kernel compares samples, as in the authors' code. */
  private static final int DIMS = 5;

  /**
   * Those that a config asks for.
   *
   * @throws GanderException if they cannot be had as asked for
   */
  static Techniques of(RunConfig config) {
    if (config.minibatchKernels() == null && config.minibatchDims() != null) {
      throw new GanderException(
          "'minibatchDims' is for minibatch discrimination: give 'minibatchKernels' too, or leave it out");
    }
    if (config.minibatchKernels() != null && config.batch() == 1) {
      throw new GanderException(
          "minibatch discrimination compares the images of a batch: leave out 'minibatchKernels', or give a 'batch' of 2 or more");
    }
    return new Techniques(
        Boolean.TRUE.equals(config.featureMatching()),
        Zoo.orElse(config.minibatchKernels(), 0),
        Zoo.orElse(config.minibatchDims(), DIMS),
        Zoo.orElse(config.historicalAveraging(), 0),
        config.realTarget(),
        networks(config.virtualBatchNorm()));
  }

  private static Set<String> networks(@Nullable String named) {
    if (named == null) {
      return Set.of();
    }
    Set<String> networks = Set.of(named.split("\\+", -1));
    if (!Set.of("g", "d").containsAll(networks)) {
      throw new GanderException(
          "'virtualBatchNorm' is for g, the generator, d, the discriminator, or g+d, not '%s'"
              .formatted(named));
    }
    return networks;
  }

  /** Whether the batch norm of a network, {@code g} or {@code d}, is virtual. */
  boolean isVirtual(String network) {
    return virtual.contains(network);
  }

  /** The layers of the model's generator. */
  List<Layer> generator(String model, List<Layer> layers) {
    return isVirtual("g") ? virtual(model, "g", "generator", layers) : layers;
  }

  /** The layers of the model's discriminator. */
  List<Layer> discriminator(String model, List<Layer> layers) {
    List<Layer> normed = isVirtual("d") ? virtual(model, "d", "discriminator", layers) : layers;
    return kernels == 0 ? normed : comparing(normed);
  }

  private static List<Layer> virtual(
      String model, String network, String role, List<Layer> layers) {
    if (layers.stream().noneMatch(layer -> layer instanceof Layer.Normalize)) {
      throw new GanderException(
          "model '%s' has no batch norm in its %s that could be virtual: leave '%s' out of 'virtualBatchNorm'"
              .formatted(model, role, network));
    }
    return layers.stream()
        .map(layer -> layer instanceof Layer.Normalize ? new Layer.VirtualNormalize() : layer)
        .toList();
  }

  /** Minibatch discrimination in front of the last layer. */
  private List<Layer> comparing(List<Layer> layers) {
    var all = new ArrayList<>(layers);
    if (all.getLast() instanceof Layer.Flatten) {
      // A convolution of the whole image to one pixel is a dense layer of the pixels, flattened.
      all.removeLast();
      var conv = (Layer.Conv) all.removeLast();
      all.add(flatten());
      all.add(new Layer.Dense(conv.filters(), conv.bias()));
    }
    all.add(all.size() - 1, new Layer.Minibatch(kernels, dims));
    return all;
  }

  /**
   * A formulation with the target that the discriminator has for data.
   *
   * @param name of the loss
   * @throws GanderException if the loss has no such target
   */
  Formulation smoothed(String name, Formulation formulation) {
    if (realTarget == null) {
      return formulation;
    }
    GanLoss smoothed = formulation.loss().withRealTarget(realTarget);
    if (smoothed == null) {
      throw new GanderException(
          "loss '%s' has no target for data alone that could be smoothed: leave out 'realTarget', which is for minimax, minimax-ns and lsgan"
              .formatted(name));
    }
    return new Formulation(smoothed, formulation.regularizers());
  }
}
