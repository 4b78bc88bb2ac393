// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import java.util.Arrays;
import java.util.Collection;

/** A sample's least, middle and largest value. */
record Spread(double least, double median, double most) {
  static Spread of(Collection<Double> values) {
    return of(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /**
   * Of some values.
   *
   * @throws IllegalArgumentException if there are none
   */
  static Spread of(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("no values");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(sorted[0], median, sorted[sorted.length - 1]);
  }
}
