// SPDX-License-Identifier: Apache-2.0
package gander.graph.workload;

import gander.graph.op.Shape;
import gander.graph.op.Values;

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
