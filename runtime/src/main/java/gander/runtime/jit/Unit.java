// SPDX-License-Identifier: Apache-2.0
package gander.runtime.jit;

import gander.runtime.Geometry;
import gander.runtime.Source;
import java.util.List;

/**
 * A source and what is known of its launches, with which all of its code can be made before the
 * first.
 *
 * @param geometries of each function's launch
 * @param argumentBytes of each argument, which are the same for every function; 0 for a word
 */
public record Unit(Source source, List<Geometry> geometries, List<Long> argumentBytes) {
  public Unit {
    geometries = List.copyOf(geometries);
    argumentBytes = List.copyOf(argumentBytes);
  }
}
