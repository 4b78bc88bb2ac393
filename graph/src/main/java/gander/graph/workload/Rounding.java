// SPDX-License-Identifier: Apache-2.0
package gander.graph.workload;

import gander.graph.op.Binary;
import gander.graph.op.Unary;

/**
 * What single precision adds to the error of one operation: the limits of the OpenCL C
 * specification for the full profile, which CUDA's functions keep too.
 */
final class Rounding {
  /** Half a unit in the last place, relative. */
  static final double UNIT = 0x1p-24;

  private Rounding() {}

  /** Units in the last place. */
  static double ulps(Unary function) {
    return switch (function) {
      case NEG, ABS, SIGN, FLOOR, STEP, RELU -> 0;
      case SQUARE -> 0.5;
      case RECIP -> 2.5;
      case SQRT, EXP, EXPM1, LOG -> 3;
      case LOG1P -> 2;
      case TANH -> 5;
      case SIN, COS -> 4;
      // 1 / sqrt(x): the root's 3, which the division keeps, and its own 2.5.
      case RSQRT -> 5.5;
      // 1 / (1 + exp(-|x|)) or exp(-|x|) over the same: twice the exponential's 3, a sum, a
      // division.
      case SIGMOID -> 9;
      // max(x, 0) + log1p(exp(-|x|)): 3 and 2, neither of which grows, and a sum.
      case SOFTPLUS, LOGSIGMOID -> 5.5;
    };
  }

  static double ulps(Binary function) {
    return switch (function) {
      case ADD, SUB, MUL, LRELU -> 0.5;
      case DIV -> 2.5;
      case POW -> 16;
      case MAX, MIN, EQ, NE, LT, LE, GT, GE -> 0;
    };
  }

  /** Whether a result that is a float is then given without any error. */
  static boolean correctlyRounded(double ulps) {
    return ulps <= 0.5;
  }

  /**
   * The error of a result.
   *
   * @param inherited from the operands
   * @return infinity if the result may be beyond the range of float, but need not be
   */
  static double total(double value, double inherited, double ulps) {
    if (Double.isNaN(value) || (Double.isInfinite(value) && inherited == 0)) {
      return 0;
    }
    double magnitude = Math.abs(value) + inherited;
    if (!(magnitude < Double.POSITIVE_INFINITY)) {
      return Double.POSITIVE_INFINITY;
    }
    double error = inherited + ofResult(magnitude, value, inherited, ulps);
    double limit = Float.MAX_VALUE * (1 + UNIT / 2);
    if (Math.abs(value) - error > limit) {
      return 0;
    }
    return Math.abs(value) + error > Float.MAX_VALUE ? Double.POSITIVE_INFINITY : error;
  }

  private static double ofResult(double magnitude, double value, double inherited, double ulps) {
    if (ulps == 0) {
      return 0;
    }
    boolean exact = inherited == 0 && value == (float) value && correctlyRounded(ulps);
    if (exact && (value == 0 || Math.abs(value) >= Float.MIN_NORMAL)) {
      return 0;
    }
    double unit = Math.ulp((float) Math.min(magnitude, Float.MAX_VALUE));
    // The reference rounds too, which shows where a device is off by all that it may be.
    double reference = Math.ulp(magnitude) / 2;
    // A device may flush what is below the smallest normal number to zero.
    return ulps * unit + reference + (magnitude < 2 * Float.MIN_NORMAL ? Float.MIN_NORMAL : 0);
  }

  /** The error of a sum of products over {@code terms}, in any order, as a share of their sizes. */
  static double gamma(int terms) {
    return terms * UNIT / (1 - terms * UNIT);
  }
}
