// SPDX-License-Identifier: Apache-2.0
package gander.graph.plan;

import java.util.Map;

/**
 * A solution: the byte offset of every buffer in one arena.
 *
 * @param offsets by buffer id
 * @param peak the arena's size in bytes
 * @param bound a size below which no plan is, as far as that is proved: the most bytes live at one
 *     step, or more where a search found that so little does not do
 */
public record Plan(PlanProblem problem, Map<Integer, Long> offsets, long peak, long bound) {
  public Plan {
    offsets = Map.copyOf(offsets);
  }

  /** A plan of which nothing is proved but that the most bytes live at one step are needed. */
  public Plan(PlanProblem problem, Map<Integer, Long> offsets, long peak) {
    this(problem, offsets, peak, problem.lowerBound());
  }

  /** Whether it is proved that no plan has a lower peak. */
  public boolean optimal() {
    return peak <= bound;
  }

  public long offset(int buffer) {
    Long offset = offsets.get(buffer);
    if (offset == null) {
      throw new IllegalArgumentException("buffer " + buffer + " has no offset");
    }
    return offset;
  }
}
