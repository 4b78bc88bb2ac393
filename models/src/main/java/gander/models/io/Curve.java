// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import java.util.Arrays;

/** How one number went over the steps of a run; NaN where it was not finite. */
public final class Curve {
  private final String name;
  private final double[] steps;
  private final double[] values;

  /**
   * Infinite values become NaN.
   *
   * @param steps ascending
   * @param values one a step
   */
  public Curve(String name, double[] steps, double[] values) {
    if (steps.length != values.length) {
      throw new IllegalArgumentException(steps.length + " steps, " + values.length + " values");
    }
    this.name = name;
    this.steps = steps;
    this.values =
        Arrays.stream(values).map(value -> Double.isFinite(value) ? value : Double.NaN).toArray();
  }

  public String name() {
    return name;
  }

  public double[] steps() {
    return steps;
  }

  public double[] values() {
    return values;
  }

  /** The values that are not NaN, ascending. */
  double[] sortedValues() {
    return Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
  }

  /** At most that many points, every peak among them: of each stretch its two extremes. */
  Curve thinned(int most) {
    int n = values.length;
    if (n <= most) {
      return this;
    }
    int stretches = most / 2;
    var thinSteps = new double[2 * stretches];
    var thinValues = new double[2 * stretches];
    for (int s = 0; s < stretches; s++) {
      int from = (int) ((long) s * n / stretches);
      int to = (int) ((long) (s + 1) * n / stretches);
      int low = from;
      int high = from;
      for (int i = from; i < to; i++) {
        if (!Double.isNaN(values[i])) {
          // Written so that a first point that is NaN gives way.
          low = values[low] <= values[i] ? low : i;
          high = values[high] >= values[i] ? high : i;
        }
      }
      int first = Math.min(low, high);
      int second = Math.max(low, high);
      thinSteps[2 * s] = steps[first];
      thinSteps[2 * s + 1] = steps[second];
      thinValues[2 * s] = values[first];
      thinValues[2 * s + 1] = values[second];
    }
    return new Curve(name, thinSteps, thinValues);
  }

  /**
   * Each point becomes the mean of those round it, over that share of the curve; NaN are left out.
   */
  Curve smoothed(double share) {
    int n = values.length;
    int reach = (int) (n * share / 2);
    var sums = new double[n + 1];
    var counts = new int[n + 1];
    for (int i = 0; i < n; i++) {
      boolean there = !Double.isNaN(values[i]);
      sums[i + 1] = sums[i] + (there ? values[i] : 0);
      counts[i + 1] = counts[i] + (there ? 1 : 0);
    }
    var means = new double[n];
    for (int i = 0; i < n; i++) {
      int from = Math.max(0, i - reach);
      int to = Math.min(n, i + reach + 1);
      means[i] = (sums[to] - sums[from]) / (counts[to] - counts[from]);
    }
    return new Curve(name, steps, means);
  }
}
