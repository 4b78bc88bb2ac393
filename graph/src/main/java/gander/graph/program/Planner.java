// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.plan.PlanReport;
import gander.runtime.GanderException;
import java.util.List;
import java.util.stream.Stream;

/** Chooses the order in which a program's kernels run, and where in the arena their tensors lie. */
final class Planner {
  /** A peak that no plan has, so that the lowest is looked for. */
  private static final long LEAST = 0;

  private final Kernels kernels;
  private final Planning planning;
  private final int alignment;
  private final long begin = System.nanoTime();

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
    List<Lives> orders = orders();
    Lives best = orders.getFirst();
    for (Lives order : orders) {
      best = order.most() < best.most() ? order : best;
    }
    if (planning.reorder()) {
      best = new Recompute(kernels, planning.inPlace()).reordered(best);
    }
    Layout layout = layout(best, LEAST);
    return layout.plan().peak() <= planning.limit() ? layout : limited(best, orders);
  }

  /**
   * @param enough a peak that is low enough
   */
  private Layout layout(Lives lives, long enough) {
    return Layout.of(
        kernels, lives, alignment, problem -> planning.offsets().of(problem, enough), begin);
  }

  private List<Lives> orders() {
    Stream<Ordering> orderings =
        planning.reorder() ? Stream.of(Ordering.values()) : Stream.of(Ordering.DECLARED);
    return orderings
        .map(ordering -> kernels.numbers(ordering.of(kernels.schedule())))
        .map(order -> Lives.of(kernels, order, planning.inPlace()))
        .toList();
  }

  private Layout limited(Lives best, List<Lives> orders) {
    var recompute = new Recompute(kernels, planning.inPlace());
    long limit = planning.limit();
    Layout least = layout(recompute.within(best, limit), limit);
    for (Lives order : Stream.concat(Stream.of(best), orders.stream()).toList()) {
      var descent = recompute.new Descent(order, true);
      while (least.plan().peak() > limit && descent.step()) {
        // What is in use may be below the limit where its places are not: so then a little less.
        if (descent.most() <= limit) {
          least = lower(least, layout(descent.lives(limit), limit));
        }
      }
      if (least.plan().peak() > limit) {
        // What a refusal names: with that for a limit, it is found again.
        least = lower(least, layout(descent.lives(descent.most()), LEAST));
      }
    }
    if (least.plan().peak() <= limit) {
      return least;
    }
    throw new GanderException(
        "this program does not run in an arena of %s: with kernels run again it takes at least %s, so ask for that or use a smaller batch or model (in the way are %s)"
            .formatted(
                PlanReport.bytes(limit),
                exactly(least.plan().peak()),
                PlanReport.largest(least.plan(), 3)));
  }

  private static Layout lower(Layout a, Layout b) {
    return b.plan().peak() < a.plan().peak() ? b : a;
  }

  /** A size as it can be asked for. */
  private static String exactly(long bytes) {
    return "%s (%d bytes)".formatted(PlanReport.bytes(bytes), bytes);
  }
}
