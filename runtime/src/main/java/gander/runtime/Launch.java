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

  /**
   * The compiled kernel has a parameter for each argument.
   *
   * @throws GanderException if it has not: its source declares others than its op has
   */
  public void requireParameters(int parameters) {
    if (parameters != arguments.size()) {
      throw new GanderException(
          "%s: the kernel has %d parameters; compare them with its op's arguments"
              .formatted(describe(), parameters));
    }
  }
}
