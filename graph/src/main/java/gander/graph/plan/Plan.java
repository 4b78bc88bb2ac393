// SPDX-License-Identifier: Apache-2.0
package gander.graph.plan;

import java.util.Map;

/**
 * A solution: the byte offset of every buffer in one arena.
 *
 * @param offsets by buffer id
 * @param peak the arena's size in bytes
 */
public record Plan(PlanProblem problem, Map<Integer, Long> offsets, long peak) {
  public Plan {
    offsets = Map.copyOf(offsets);
  }

  public long offset(int buffer) {
    Long offset = offsets.get(buffer);
    if (offset == null) {
      throw new IllegalArgumentException("buffer " + buffer + " has no offset");
    }
    return offset;
  }
}
