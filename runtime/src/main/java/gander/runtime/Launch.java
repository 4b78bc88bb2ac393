// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.util.List;

/**
 * One kernel launch with everything fixed.
 *
 * @param label what it computes, for messages and timing tables
 * @param inputs how many of the arguments, the first, the kernel only reads
 */
public record Launch(
    String label,
    CodeModule.Kernel kernel,
    Geometry geometry,
    List<Argument> arguments,
    int inputs) {
  public Launch {
    arguments = List.copyOf(arguments);
  }

  /** A launch that may write to all of its arguments. */
  public Launch(
      String label, CodeModule.Kernel kernel, Geometry geometry, List<Argument> arguments) {
    this(label, kernel, geometry, arguments, 0);
  }

  /**
   * Whether what the memory holds in the end depends on which of the two comes first: one of them
   * writes to bytes that the other reads or writes.
   */
  boolean conflictsWith(Launch other) {
    for (int i = 0; i < arguments.size(); i++) {
      for (int j = i < inputs ? other.inputs : 0; j < other.arguments.size(); j++) {
        if (arguments.get(i) instanceof Slice a
            && other.arguments.get(j) instanceof Slice b
            && a.overlaps(b)) {
          return true;
        }
      }
    }
    return false;
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
