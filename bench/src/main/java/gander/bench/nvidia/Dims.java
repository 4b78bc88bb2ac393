// SPDX-License-Identifier: Apache-2.0
package gander.bench.nvidia;

import gander.runtime.GanderException;
import java.util.Map;

/** The dimensions of a problem, with the names of {@code kernels/README.md}. */
record Dims(Map<String, Integer> values) {
  int of(String name) {
    Integer value = values.get(name);
    if (value == null) {
      throw new GanderException("the problem has no dimension " + name);
    }
    return value;
  }

  /** The product of some dimensions. */
  long product(String... names) {
    long product = 1;
    for (String name : names) {
      product *= of(name);
    }
    return product;
  }
}
