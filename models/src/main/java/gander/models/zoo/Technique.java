// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import gander.models.run.RunConfig;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What Salimans et al. 2016, "Improved Techniques for Training GANs", add to any two-player model,
 * each by a key of its config and with each other; {@link Techniques} has them with their values.
 */
public enum Technique {
  FEATURE_MATCHING(
      "featureMatching",
      "L_G = |mean f(x) - mean f(G(z))|^2, f what goes into D's last layer; L_D as it is",
      "3.1",
      RunConfig::featureMatching),
  MINIBATCH_DISCRIMINATION(
      "minibatchKernels",
      "D's last layer also takes o(x_i)_b = sum_j exp(-|M_ib - M_jb|_1), M_i = f(x_i) T of so many rows b of minibatchDims numbers",
      "3.2",
      RunConfig::minibatchKernels),
  MINIBATCH_DIMS("minibatchDims", "numbers in a row of M_i: 5", "3.2", RunConfig::minibatchDims),
  HISTORICAL_AVERAGING(
      "historicalAveraging",
      "+ weight |w - mean of w before its past updates|^2 in L_D and L_G, w all weights of the network",
      "3.3",
      RunConfig::historicalAveraging),
  LABEL_SMOOTHING(
      "realTarget",
      "D's target for data, in place of 1: minimax and minimax-ns mean (a sp(-D(x)) + (1 - a) sp(D(x))), lsgan 1/2 mean (D(x) - a)^2; other losses have none and refuse it",
      "3.4",
      RunConfig::realTarget),
  VIRTUAL_BATCH_NORM(
      "virtualBatchNorm",
      "batch norm of g, d or g+d by the statistics of a fixed batch of n and, with weight 1/(n+1), the sample; a penalty on gradients goes with it",
      "3.5",
      RunConfig::virtualBatchNorm);

  /** The config's key. */
  public final String key;

  /** What it does, for {@code gander losses}. */
  public final String formula;

  private final String section;
  private final Function<RunConfig, @Nullable Object> value;

  Technique(
      String key, String formula, String section, Function<RunConfig, @Nullable Object> value) {
    this.key = key;
    this.formula = formula;
    this.section = section;
    this.value = value;
  }

  /** Where it was published. */
  public String source() {
    return "Salimans et al. 2016, section " + section;
  }

  /** What a config says for it; null if nothing. */
  @Nullable Object value(RunConfig config) {
    return value.apply(config);
  }

  /** The keys of those that a config asks for. */
  public static List<String> of(RunConfig config) {
    return Stream.of(values())
        .filter(technique -> technique.value(config) != null)
        .map(technique -> technique.key)
        .toList();
  }
}
