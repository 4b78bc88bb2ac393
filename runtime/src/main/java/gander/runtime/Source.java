// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.util.List;

/**
 * One complete translation unit: definitions, includes and generated code already in it, with
 * {@code #line} directives so that a compiler's messages point at the kernel's own file.
 *
 * @param name the kernel and the problem, for messages
 * @param text what the compiler reads
 * @param functions the entry points, in launch order
 */
public record Source(String name, String text, List<String> functions) {
  public Source {
    functions = List.copyOf(functions);
  }
}
