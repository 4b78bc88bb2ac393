// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.plan.PlanReport;
import gander.runtime.GanderException;
import java.util.List;

/** Chooses the order in which a program's kernels run, and where in the arena their tensors lie. */
final class Planner {
  private final Kernels kernels;
  private final Planning planning;
  private final int alignment;

  private Planner(Kernels kernels, Planning planning, int alignment) {
    this.kernels = kernels;
    this.planning = planning;
    this.alignment = alignment;
  }

  /**
   * @throws GanderException if the limit is below what the program needs, however much of it runs
   *     again
   */
  static Layout plan(Kernels kernels, Planning planning, int alignment) {
    return new Planner(kernels, planning, alignment).plan();
  }

  private Layout plan() {
    Lives lives = ordered();
    Layout layout = layout(lives);
    return layout.plan().peak() <= planning.limit() ? layout : limited(lives);
  }

  private Layout layout(Lives lives) {
    return Layout.of(kernels, lives, alignment, planning.offsets());
  }

  private Lives ordered() {
    Lives best = null;
    for (Ordering ordering : planning.reorder() ? Ordering.values() : declared()) {
      int[] order = kernels.numbers(ordering.of(kernels.schedule()));
      Lives lives = Lives.of(kernels, order, planning.inPlace());
      best = best == null || lives.most() < best.most() ? lives : best;
    }
    if (best == null) {
      throw new IllegalStateException("no ordering");
    }
    return best;
  }

  private static Ordering[] declared() {
    return new Ordering[] {Ordering.DECLARED};
  }

  private Layout limited(Lives lives) {
    var recompute = new Recompute(kernels, planning.inPlace());
    Layout least = null;
    for (Lives order :
        List.of(
            recompute.within(lives, planning.limit()),
            recompute.stepwise(lives, planning.limit()),
            recompute.stepwise(lives, 0))) {
      Layout layout = layout(order);
      if (layout.plan().peak() <= planning.limit()) {
        return layout;
      }
      least = least == null || layout.plan().peak() < least.plan().peak() ? layout : least;
    }
    if (least == null) {
      throw new IllegalStateException("no order");
    }
    throw new GanderException(
        "this program does not run in an arena of %s: with kernels run again it takes at least %s, so ask for that or use a smaller batch or model (in the way are %s)"
            .formatted(
                PlanReport.bytes(planning.limit()),
                exactly(least.plan().peak()),
                PlanReport.largest(least.plan(), 3)));
  }

  /** A size as it can be asked for. */
  private static String exactly(long bytes) {
    return "%s (%d bytes)".formatted(PlanReport.bytes(bytes), bytes);
  }
}
