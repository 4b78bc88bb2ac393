// SPDX-License-Identifier: Apache-2.0
package gander.graph.plan;

import gander.graph.plan.PlanProblem.Buffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Greedy best fit: buffers in a fixed order, each into the smallest gap that holds it among those
 * placed before that live at the same time. Tried in a few orders, since each is bad at something;
 * the lowest peak wins, the first of equals.
 */
final class PlanGreedy {
  private static final List<Comparator<Buffer>> ORDERS =
      List.of(
          Comparator.comparingLong(b -> -b.bytes()),
          Comparator.comparingLong(b -> -b.bytes() * (b.upper() - b.lower())),
          Comparator.comparingLong(b -> b.lower() - b.upper()),
          Comparator.comparingInt(Buffer::lower));

  private PlanGreedy() {}

  static Plan solve(PlanProblem problem) {
    Plan best = null;
    for (Comparator<Buffer> order : ORDERS) {
      Plan plan = place(problem, order.thenComparingInt(Buffer::id));
      if (best == null || plan.peak() < best.peak()) {
        best = plan;
      }
      if (best.peak() == problem.lowerBound()) {
        break;
      }
    }
    if (best == null) {
      throw new IllegalStateException("no order of placement");
    }
    return best;
  }

  private static Plan place(PlanProblem problem, Comparator<Buffer> order) {
    List<Buffer> placed = new ArrayList<>();
    Map<Integer, Long> offsets = new HashMap<>();
    long peak = 0;
    for (Buffer buffer : problem.buffers().stream().sorted(order).toList()) {
      long size = problem.rounded(buffer.bytes());
      long offset = bestGap(problem, placed, offsets, buffer, size);
      offsets.put(buffer.id(), offset);
      placed.add(buffer);
      peak = Math.max(peak, offset + size);
    }
    return new Plan(problem, offsets, peak);
  }

  /** The start of the smallest gap that holds a buffer; the end of all there is, if none does. */
  private static long bestGap(
      PlanProblem problem,
      List<Buffer> placed,
      Map<Integer, Long> offsets,
      Buffer buffer,
      long size) {
    List<Buffer> rivals =
        placed.stream()
            .filter(buffer::meets)
            .sorted(Comparator.comparingLong(rival -> offsets.getOrDefault(rival.id(), 0L)))
            .toList();
    long end = 0;
    long best = -1;
    long bestSize = Long.MAX_VALUE;
    for (Buffer rival : rivals) {
      long begin = offsets.getOrDefault(rival.id(), 0L);
      long gap = begin - end;
      if (gap >= size && gap < bestSize) {
        best = end;
        bestSize = gap;
      }
      end = Math.max(end, begin + problem.rounded(rival.bytes()));
    }
    return best >= 0 ? best : end;
  }
}
