// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.plan.Plan;
import gander.graph.plan.PlanProblem;
import gander.graph.plan.PlanSolver;

/**
 * How a program's memory is planned. What reordering and in-place reuse gain is told by leaving
 * them out.
 *
 * @param reorder whether kernels run in the order that keeps the least in memory, rather than as
 *     the graph declares them
 * @param inPlace whether a kernel's result may take the memory of an operand that dies with it
 * @param limit the most bytes of the arena; below what the program would take, kernels run again
 *     where that frees memory
 * @param offsets gives the buffers of the arena their places
 */
public record Planning(boolean reorder, boolean inPlace, long limit, Offsets offsets) {
  /** Gives the buffers of an arena their places. */
  @FunctionalInterface
  public interface Offsets {
    /**
     * @param enough a peak that is low enough; with zero the lowest is looked for
     */
    Plan of(PlanProblem problem, long enough);
  }

  /** No limit, and all that makes the arena small. */
  public static final Planning FREE =
      new Planning(
          true,
          true,
          Long.MAX_VALUE,
          (problem, enough) ->
              enough == 0 ? PlanSolver.solve(problem) : PlanSolver.fit(problem, enough));

  public Planning {
    if (limit <= 0) {
      throw new IllegalArgumentException("an arena of at most " + limit + " bytes");
    }
  }

  /** The same with kernels in the order in which the graph declares them. */
  public Planning asDeclared() {
    return new Planning(false, inPlace, limit, offsets);
  }

  /** The same with memory of its own for every result. */
  public Planning notInPlace() {
    return new Planning(reorder, false, limit, offsets);
  }

  /** The same with a limit on the arena. */
  public Planning within(long bytes) {
    return new Planning(reorder, inPlace, bytes, offsets);
  }

  /** The same with other places for the buffers. */
  public Planning placedBy(Offsets places) {
    return new Planning(reorder, inPlace, limit, places);
  }
}
