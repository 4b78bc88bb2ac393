// SPDX-License-Identifier: Apache-2.0
package gander.graph.plan;

import gander.graph.plan.PlanProblem.Buffer;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How good a plan is, in words. */
public final class PlanReport {
  private PlanReport() {}

  /** One line: peak, lower bound, what a caching allocator and no reuse would take. */
  public static String summary(Plan plan) {
    PlanProblem problem = plan.problem();
    double gap = plan.bound() == 0 ? 0 : 100.0 * (plan.peak() - plan.bound()) / plan.bound();
    return String.format(
        Locale.ROOT,
        "%d buffers: peak %s, lower bound %s (%.1f%% above), caching allocator %s, without reuse %s",
        problem.buffers().size(),
        bytes(plan.peak()),
        bytes(plan.bound()),
        gap,
        bytes(CachingAllocator.peak(problem)),
        bytes(problem.withoutReuse()));
  }

  /** What PyTorch's caching allocator would take for the same buffers in the same order. */
  public static long cachingAllocator(PlanProblem problem) {
    return CachingAllocator.peak(problem);
  }

  /** The largest buffers that are live at the plan's fullest step, a line each. */
  public static String fullest(Plan plan, int count) {
    int step = fullestStep(plan.problem());
    List<Buffer> live = live(plan.problem(), step);
    var text = new StringBuilder("most is live at step " + step + ":");
    for (Buffer buffer : live.subList(0, Math.min(count, live.size()))) {
      text.append(
          "\n  %10s  steps %d to %d  %s"
              .formatted(
                  bytes(buffer.bytes()), buffer.lower(), buffer.upper() - 1, buffer.label()));
    }
    if (live.size() > count) {
      text.append("\n  and ").append(live.size() - count).append(" more");
    }
    return text.toString();
  }

  /** The same within a sentence. */
  public static String largest(Plan plan, int count) {
    return live(plan.problem(), fullestStep(plan.problem())).stream()
        .limit(count)
        .map(buffer -> "'%s' (%s)".formatted(buffer.label(), bytes(buffer.bytes())))
        .collect(Collectors.joining(", "));
  }

  /** What is live at a step, the largest first. */
  private static List<Buffer> live(PlanProblem problem, int step) {
    return problem.buffers().stream()
        .filter(buffer -> buffer.lower() <= step && step < buffer.upper())
        .sorted(Comparator.comparingLong((Buffer b) -> -b.bytes()).thenComparingInt(Buffer::id))
        .toList();
  }

  /** The first of the steps at which the most bytes are live. */
  public static int fullestStep(PlanProblem problem) {
    return problem.buffers().stream()
        .map(Buffer::lower)
        .max(
            Comparator.comparingLong((Integer step) -> liveBytes(problem, step))
                .thenComparing(Comparator.<Integer>reverseOrder()))
        .orElse(0);
  }

  private static long liveBytes(PlanProblem problem, int step) {
    return problem.buffers().stream()
        .filter(buffer -> buffer.lower() <= step && step < buffer.upper())
        .mapToLong(buffer -> problem.rounded(buffer.bytes()))
        .sum();
  }

  /** A size for people. */
  public static String bytes(long bytes) {
    if (bytes < 10_000) {
      return bytes + " B";
    }
    return bytes < 10_000_000
        ? String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0)
        : String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
  }
}
