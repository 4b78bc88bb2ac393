// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.plan.PlanReport;
import gander.runtime.GanderException;
import java.util.List;
import java.util.stream.Stream;

/** Chooses the order in which a program's kernels run, and where in the arena their tensors lie. */
final class Planner {
  private final Kernels kernels;
  private final Planning planning;
  private final int alignment;
  private final long begin = System.nanoTime();

  /** Of a limit, what may be in use so that there are places for it. */
  private static final double MARGIN = 0.97;

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
    Layout layout = layout(best);
    return layout.plan().peak() <= planning.limit() ? layout : limited(best, orders);
  }

  private Layout layout(Lives lives) {
    return Layout.of(kernels, lives, alignment, planning.offsets(), begin);
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
    Layout least = layout(recompute.within(best, limit));
    for (Lives order : Stream.concat(Stream.of(best), orders.stream()).toList()) {
      // What is in use may be below the limit where its places are not: so then a little less.
      long less = (long) (MARGIN * limit);
      for (long reach : new long[] {limit, less, 0}) {
        if (least.plan().peak() <= limit) {
          return least;
        }
        Layout layout = layout(recompute.stepwise(order, reach, Math.min(less, reach)));
        if (reach == 0 && layout.plan().peak() <= limit) {
          Layout sparing = layout(recompute.stepwise(order, 0, less));
          layout = sparing.plan().peak() <= limit ? sparing : layout;
        }
        least = layout.plan().peak() < least.plan().peak() ? layout : least;
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

  /** A size as it can be asked for. */
  private static String exactly(long bytes) {
    return "%s (%d bytes)".formatted(PlanReport.bytes(bytes), bytes);
  }
}
