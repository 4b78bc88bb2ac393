// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import java.util.List;
import java.util.Locale;

/**
 * Which modes of a mixture points have found, counted as in PacGAN's paper (Lin et al. 2018): a
 * point is of the mode whose mean is nearest, and of high quality within three standard deviations
 * of it. A point that is not finite is of no mode.
 *
 * @param modes those with at least one point of high quality
 * @param highQuality the share of points that are; of the mixture's own, 1 - exp(-9/2) = 0.989
 * @param reverseKl Kullback-Leibler divergence of the points' shares of the modes, whatever their
 *     quality, from equal shares, {@code sum p log(p modes)}: 0 where all are equal; infinite
 *     without a finite point
 */
public record ModeCount(int modes, double highQuality, double reverseKl) {
  /** What the numbers are called in a run's metrics. */
  public static final List<String> NAMES = List.of("modes", "highQuality", "reverseKl");

  /**
   * Counts points.
   *
   * @param points {@code [count,2]}
   */
  public static ModeCount of(Mixture mixture, float[] points) {
    double[][] means = mixture.means();
    var all = new int[means.length];
    var good = new int[means.length];
    double reach = 3 * mixture.deviation();
    for (int i = 0; i < points.length; i += 2) {
      int nearest = -1;
      double least = Double.POSITIVE_INFINITY;
      for (int mode = 0; mode < means.length; mode++) {
        double distance = Math.hypot(points[i] - means[mode][0], points[i + 1] - means[mode][1]);
        if (distance < least) {
          least = distance;
          nearest = mode;
        }
      }
      if (nearest >= 0) {
        all[nearest]++;
        good[nearest] += least <= reach ? 1 : 0;
      }
    }
    int modes = 0;
    int high = 0;
    int finite = 0;
    for (int mode = 0; mode < means.length; mode++) {
      modes += good[mode] > 0 ? 1 : 0;
      high += good[mode];
      finite += all[mode];
    }
    double divergence = finite == 0 ? Double.POSITIVE_INFINITY : 0;
    for (int count : all) {
      double share = (double) count / finite;
      divergence += count == 0 ? 0 : share * Math.log(share * means.length);
    }
    return new ModeCount(modes, high / (points.length / 2.0), divergence);
  }

  /** The numbers, by {@link #NAMES}. */
  public double[] values() {
    return new double[] {modes, highQuality, reverseKl};
  }

  /** As a person reads it. */
  public String text(Mixture mixture) {
    return String.format(
        Locale.ROOT,
        "modes %d of %d, high quality %.1f%%, reverse KL %.4f",
        modes,
        mixture.means().length,
        100 * highQuality,
        reverseKl);
  }
}
