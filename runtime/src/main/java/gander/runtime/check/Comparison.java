// SPDX-License-Identifier: Apache-2.0
package gander.runtime.check;

import org.jspecify.annotations.Nullable;

/** Holds an output against what it should be. */
final class Comparison {
  private final String output;
  private final boolean inPlace;
  private double share;

  Comparison(String output, boolean inPlace) {
    this.output = output;
    this.inPlace = inPlace;
  }

  /** The largest error seen as a share of its tolerance. */
  double share() {
    return share;
  }

  /** Null if every element is within its tolerance. */
  Verdict.@Nullable Wrong compare(float[] got, Workload.Expected expected) {
    int first = -1;
    int wrong = 0;
    for (int i = 0; i < got.length; i++) {
      double of = share(got[i], expected.values()[i], expected.tolerances()[i]);
      if (of <= 1) {
        share = Math.max(share, of);
      } else {
        first = first < 0 ? i : first;
        wrong++;
      }
    }
    if (first < 0) {
      return null;
    }
    double value = expected.values()[first];
    return new Verdict.Wrong(
        output,
        inPlace,
        first,
        got[first],
        value,
        expected.tolerances()[first],
        ulps(got[first], (float) value),
        wrong,
        got.length);
  }

  /** An error as a share of its tolerance; above 1 it is wrong. */
  static double share(float got, double expected, double tolerance) {
    if (tolerance == Double.POSITIVE_INFINITY) {
      return 0;
    }
    if (Double.isNaN(expected) || Float.isNaN(got)) {
      return Double.isNaN(expected) && Float.isNaN(got) ? 0 : Double.POSITIVE_INFINITY;
    }
    // Beyond the range of float the right answer is infinity.
    double target = Math.abs(expected) > Float.MAX_VALUE ? (float) expected : expected;
    if (got == target) {
      return 0;
    }
    double error = Math.abs(got - target);
    return tolerance == 0 ? Double.POSITIVE_INFINITY : error / tolerance;
  }

  /** How many floats apart two are; 0 and -0 are the same. */
  static long ulps(float a, float b) {
    if (Float.isNaN(a) || Float.isNaN(b)) {
      return Float.isNaN(a) && Float.isNaN(b) ? 0 : 1L << 32;
    }
    return Math.abs(place(a) - place(b));
  }

  /** The position of a float among all floats in ascending order, 0 for 0. */
  private static long place(float x) {
    int bits = Float.floatToIntBits(x);
    return bits >= 0 ? bits : -(long) (bits & 0x7fffffff);
  }
}
