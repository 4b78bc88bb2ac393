// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.util.List;

/**
 * One kernel launch with everything fixed.
 *
 * @param label what it computes, for messages and timing tables
 */
public record Launch(
    String label, CodeModule.Kernel kernel, Geometry geometry, List<Argument> arguments) {
  public Launch {
    arguments = List.copyOf(arguments);
  }

  /** The subject of an error message about this launch. */
  public String describe() {
    return "%s (kernel %s, %s, %d arguments)"
        .formatted(label, kernel.function(), geometry, arguments.size());
  }
}
