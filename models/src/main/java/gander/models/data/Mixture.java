// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Normal distributions of the plane, mixed in equal shares: toys that show which modes a generator
 * finds. Point {@code n} is a pure function of n and belongs to mode {@code n % modes}, its class.
 * Only correctly rounded operations and {@link StrictMath} are used: the same points on every
 * machine.
 */
public enum Mixture {
  /** Means {-4, -2, 0, 2, 4} by the same, as in VEEGAN's and PacGAN's papers. */
  GRID25(grid(), 0.05, Draws.GRID25),
  /** Eight means on a circle of radius 2, as in the paper of unrolled GANs. */
  RING8(ring(), 0.02, Draws.RING8);

  private static final int TRAIN = 100_000;
  private static final int TEST = 10_000;

  private final double[][] means; // [modes,2]
  private final double deviation;
  private final int stream;

  Mixture(double[][] means, double deviation, int stream) {
    this.means = means;
    this.deviation = deviation;
    this.stream = stream;
  }

  private static double[][] grid() {
    var means = new double[25][];
    for (int mode = 0; mode < means.length; mode++) {
      means[mode] = new double[] {2 * (mode % 5) - 4, 2 * (mode / 5) - 4};
    }
    return means;
  }

  private static double[][] ring() {
    var means = new double[8][];
    for (int mode = 0; mode < means.length; mode++) {
      double angle = mode * StrictMath.PI / 4;
      means[mode] = new double[] {2 * StrictMath.cos(angle), 2 * StrictMath.sin(angle)};
    }
    return means;
  }

  /** The mixture that a source of data names; null if it names none. */
  public static @Nullable Mixture of(String source) {
    return Arrays.stream(values())
        .filter(mixture -> mixture.word().equals(source))
        .findFirst()
        .orElse(null);
  }

  /** As a source of data. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The middle of each mode, {@code [modes,2]}; not to be changed. */
  public double[][] means() {
    return means;
  }

  /** The standard deviation of each mode along each axis. */
  public double deviation() {
    return deviation;
  }

  /** Points of a split, each as a picture of one pixel whose two channels are x and y. */
  public DataSet draw(Split split) {
    return switch (split) {
      case TRAIN -> draw(0, TRAIN);
      case TEST -> draw(TRAIN, TEST);
    };
  }

  /** The points {@code first .. first+count-1}. */
  DataSet draw(long first, int count) {
    var points = new float[2 * count];
    var labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = Math.floorMod(first + i, means.length);
      var draws = new Draws(0, stream, first + i);
      // Box and Muller: 1 - u is above 0.
      double radius = Math.sqrt(-2 * StrictMath.log(1 - draws.between(0, 1))) * deviation;
      double angle = draws.between(0, 2 * StrictMath.PI);
      points[2 * i] = (float) (means[labels[i]][0] + radius * StrictMath.cos(angle));
      points[2 * i + 1] = (float) (means[labels[i]][1] + radius * StrictMath.sin(angle));
    }
    List<String> names =
        Arrays.stream(means)
            .map(mean -> String.format(Locale.ROOT, "(%.3g, %.3g)", mean[0], mean[1]))
            .toList();
    // The range is that of pictures and says nothing of points.
    return new DataSet(word(), Range.SIGNED, new ImageShape(1, 1, 2), points, labels, names);
  }
}
