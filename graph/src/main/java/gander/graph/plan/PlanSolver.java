// SPDX-License-Identifier: Apache-2.0
package gander.graph.plan;

import gander.graph.plan.PlanProblem.Buffer;
import gander.graph.plan.PlanSearch.Outcome;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * Finds offsets: {@link PlanGreedy} first, then {@link PlanSearch} for a lower peak, until the best
 * is proved to be one or the budget is spent; {@link Plan#optimal} says which. On one thread.
 */
public final class PlanSolver {
  /** Of a compile, in buffers looked at, which no clock is asked for: less than a second. */
  private static final long COMPILE_WORK = 12_000_000;

  private static final long FIRST_TRIAL_WORK = 3_000_000;

  private final PlanProblem problem;
  private final List<List<Buffer>> groups;
  private final long unit;
  private final LongPredicate spent;
  private final Map<Integer, Long> offsets = new HashMap<>();
  private Plan best;
  private long work;

  private PlanSolver(PlanProblem problem, LongPredicate spent) {
    this.problem = problem;
    this.spent = spent;
    best = PlanGreedy.solve(problem);
    groups = groups(problem);
    unit =
        problem.buffers().stream()
            .map(buffer -> BigInteger.valueOf(problem.rounded(buffer.bytes())))
            .reduce(BigInteger.ZERO, BigInteger::gcd)
            .longValueExact();
  }

  /** The plan of a compile, which depends on the problem alone. */
  public static Plan solve(PlanProblem problem) {
    return new PlanSolver(problem, work -> work > COMPILE_WORK).minimise();
  }

  /** The lowest peak that is found within a time. */
  public static Plan solve(PlanProblem problem, Duration time) {
    return new PlanSolver(problem, after(time)).minimise();
  }

  /** The same of a compile, found soon or not at all. */
  public static Plan fit(PlanProblem problem, long capacity) {
    return new PlanSolver(problem, work -> work > FIRST_TRIAL_WORK).fit(capacity);
  }

  /**
   * A plan of at most a capacity, if one is found within a time; else the greedy one, whose bound
   * is above the capacity where it is proved that there is none.
   */
  public static Plan fit(PlanProblem problem, long capacity, Duration time) {
    return new PlanSolver(problem, after(time)).fit(capacity);
  }

  private static LongPredicate after(Duration time) {
    long begin = System.nanoTime();
    return work -> System.nanoTime() - begin > time.toNanos();
  }

  private Plan fit(long capacity) {
    if (best.peak() > capacity && best.bound() <= capacity) {
      tryWithin(capacity, Long.MAX_VALUE);
    }
    return checked();
  }

  /**
   * The bound itself is tried first; what is not decided, half-way to the best, closer and closer.
   */
  private Plan minimise() {
    long trialWork = FIRST_TRIAL_WORK;
    while (!best.optimal() && !spent.test(work)) {
      long open = best.bound();
      long target = open;
      while (open < best.peak() && !spent.test(work)) {
        if (tryWithin(target, trialWork) != Outcome.FOUND) {
          open = target + unit;
        }
        target = open + (best.peak() - unit - open) / 2 / unit * unit;
      }
      trialWork *= 4;
    }
    return checked();
  }

  private Plan checked() {
    PlanValidator.check(best);
    return best;
  }

  /** Looks for a plan of a capacity; what is found or proved is in the best plan afterwards. */
  private Outcome tryWithin(long capacity, long trialWork) {
    long end = work + Math.min(trialWork, Long.MAX_VALUE - work);
    LongPredicate over = now -> now > end || spent.test(now);
    offsets.clear();
    for (List<Buffer> group : groups) {
      Outcome outcome = search(group, capacity, over);
      if (outcome == Outcome.NONE) {
        long bound = Math.min(best.peak(), Math.floorDiv(capacity, unit) * unit + unit);
        best = new Plan(problem, best.offsets(), best.peak(), Math.max(best.bound(), bound));
      }
      if (outcome != Outcome.FOUND) {
        return outcome;
      }
    }
    long peak = 0;
    for (Buffer buffer : problem.buffers()) {
      long begin = offsets.computeIfAbsent(buffer.id(), id -> 0L); // those of no bytes
      peak = Math.max(peak, begin + problem.rounded(buffer.bytes()));
    }
    best = new Plan(problem, offsets, peak, best.bound());
    return Outcome.FOUND;
  }

  private Outcome search(List<Buffer> group, long capacity, LongPredicate over) {
    long[] sizes = group.stream().mapToLong(b -> problem.rounded(b.bytes()) / unit).toArray();
    var search = new PlanSearch(PlanSections.of(group), sizes, capacity / unit);
    var orders = new PlanOrders(group, sizes);
    long before = work;
    Outcome outcome = Outcome.UNDECIDED;
    while (outcome == Outcome.UNDECIDED && !over.test(before + search.work())) {
      long nodes = orders.nodes();
      outcome = search.run(orders.next(search), nodes, done -> over.test(before + done));
    }
    work += search.work();
    for (int at = 0; outcome == Outcome.FOUND && at < group.size(); at++) {
      offsets.put(group.get(at).id(), search.offset(at) * unit);
    }
    return outcome;
  }

  /**
   * The buffers that have bytes, apart where time can be cut such that none lives on both sides.
   */
  private static List<List<Buffer>> groups(PlanProblem problem) {
    List<List<Buffer>> groups = new ArrayList<>();
    int end = Integer.MIN_VALUE;
    for (Buffer buffer :
        problem.buffers().stream()
            .filter(b -> b.bytes() > 0)
            .sorted(Comparator.comparingInt(Buffer::lower).thenComparingInt(Buffer::id))
            .toList()) {
      if (groups.isEmpty() || buffer.lower() >= end) {
        groups.add(new ArrayList<>());
      }
      groups.getLast().add(buffer);
      end = Math.max(end, buffer.upper());
    }
    return groups;
  }
}
