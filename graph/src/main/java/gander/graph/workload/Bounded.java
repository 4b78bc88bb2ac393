// SPDX-License-Identifier: Apache-2.0
package gander.graph.workload;

import gander.graph.op.Shape;
import gander.graph.op.Values;
import gander.runtime.MathMode;

/**
 * A tensor as the reference has it, and for each element how far single precision may be from that:
 * 0 where it must be exact, infinity where it may be anything.
 */
record Bounded(Shape shape, double[] values, double[] errors) {
  static Bounded exact(Values values) {
    return new Bounded(values.shape(), values.data(), new double[values.data().length]);
  }

  Values asValues() {
    return new Values(shape, values);
  }

  Values errorsAsValues() {
    return new Values(shape, errors);
  }

  /** The operand that a kernel makes of it, of a number of that format without error. */
  Bounded rounded(MathMode math) {
    if (math == MathMode.FP32) {
      return this;
    }
    double unit = Math.scalb(1.0, -math.bits);
    int dropped = (1 << (MathMode.FP32.bits - math.bits)) - 1;
    var rounded = new double[errors.length];
    for (int i = 0; i < rounded.length; i++) {
      double magnitude = Math.abs(values[i]) + errors[i];
      boolean kept = errors[i] == 0 && (Float.floatToRawIntBits((float) values[i]) & dropped) == 0;
      boolean mayOverflow = magnitude > Float.MAX_VALUE * (1 - unit);
      double error = mayOverflow ? Double.POSITIVE_INFINITY : unit * magnitude + Float.MIN_NORMAL;
      rounded[i] = kept ? 0 : errors[i] + error;
    }
    return new Bounded(shape, values, rounded);
  }

  boolean isExact() {
    for (double error : errors) {
      if (error != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whole numbers without error, so that sums of them are exact while they are below 2^24. */
  boolean isWhole() {
    for (double value : values) {
      if (value != Math.rint(value) || Double.isInfinite(value)) {
        return false;
      }
    }
    return isExact();
  }

  /** The largest magnitude that each element may have. */
  Values magnitudes() {
    var magnitudes = new double[values.length];
    for (int i = 0; i < magnitudes.length; i++) {
      magnitudes[i] = Math.abs(values[i]) + errors[i];
    }
    return new Values(shape, magnitudes);
  }
}
