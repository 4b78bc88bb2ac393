// SPDX-License-Identifier: Apache-2.0
package gander.runtime.catalogue;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * An op with every dimension and attribute fixed: what a kernel is compiled for, tuned for and
 * timed on; with the code that the compiler fuses into the kernel.
 *
 * @param op the folder of the kernels
 * @param dims integers by name, in the contract's order
 * @param constants float constants by name
 * @param parameters the kernel's arguments before scratch, in order
 * @param generated code that defines the hooks, which {@code PARAMS} kernels call
 * @param fused whether the hooks do more than load and store
 */
public record Problem(
    String op,
    Map<String, Integer> dims,
    Map<String, Double> constants,
    List<Parameter> parameters,
    String generated,
    boolean fused) {

  /** One argument of the kernel. */
  public record Parameter(String name, Kind kind) {
    /** How the argument is declared. */
    public enum Kind {
      /** Read, and never the same memory as an output. */
      INPUT,
      /** Read, and possibly the same memory as an output, element by element. */
      SHARED_INPUT,
      OUTPUT,
      WORD
    }
  }

  public Problem {
    dims = Collections.unmodifiableMap(new LinkedHashMap<>(dims));
    constants = Collections.unmodifiableMap(new LinkedHashMap<>(constants));
    parameters = List.copyOf(parameters);
  }

  /** The op and its dimensions: what tuning results are remembered by. */
  public String key() {
    String values =
        dims.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining(" "));
    return values.isEmpty() ? op : op + " " + values;
  }

  @Override
  public String toString() {
    return fused ? key() + " (fused)" : key();
  }
}
