// SPDX-License-Identifier: Apache-2.0
package gander.runtime.tune;

import gander.runtime.Device;
import gander.runtime.GanderException;
import gander.runtime.catalogue.Arithmetic;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.TunedTable;
import gander.runtime.catalogue.Variant;
import gander.runtime.check.Verdict;
import gander.runtime.check.WorkerProcess;
import gander.runtime.check.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the fastest variant of one problem after the other and enters it into a table. A variant is
 * checked, in a process of its own, before it is timed; one that is wrong, hangs or crashes is out.
 * What is left is timed a few times each, whatever is far behind drops out, and the foremost run
 * against each other in turns.
 *
 * <p>Used from the device's thread, with nothing else running on the device.
 */
public final class Tuner {
  /** Timed runs that decide whether a variant stays. */
  private static final int SCREENING = 3;

  /** A variant this much slower than the best is out. */
  private static final double BEHIND = 2;

  private static final int FINALISTS = 6;

  /** Rounds of the final: enough for a steady median. */
  private static final int ROUNDS = 15;

  /**
   * How much to search.
   *
   * @param variants tried at most for a problem
   * @param patience how many in a row may bring nothing better
   * @param budget for the search of one problem; the final takes what it takes
   * @param seed of the random part of the search
   */
  public record Effort(int variants, int patience, Duration budget, long seed) {}

  /** A variant's median time. */
  public record Timed(Variant variant, double micros) {}

  /**
   * What came of a problem.
   *
   * @param untuned the variant that is taken without tuning, with its time
   * @param best null if no variant is right
   * @param bestFusible the best that takes generated code; null if there is none
   * @param tried how many variants were checked, of {@code all}
   */
  public record Result(
      Workload workload,
      @Nullable Timed untuned,
      @Nullable Timed best,
      @Nullable Timed bestFusible,
      int tried,
      int all) {
    /** How many times as long the untuned choice takes; null if there is no such choice. */
    public @Nullable Double untunedTimesTuned() {
      return untuned == null || best == null ? null : untuned.micros() / best.micros();
    }
  }

  /** Follows the search. */
  public interface Listener {
    /** A variant was checked. */
    void checked(Variant variant, Verdict verdict);
  }

  private final Device device;
  private final Catalogue catalogue;
  private final Path cache;
  private final WorkerProcess checker;
  private final Listener listener;

  /**
   * @param cache folder of compiled kernels
   * @param checker checks on the same device
   */
  public Tuner(
      Device device, Catalogue catalogue, Path cache, WorkerProcess checker, Listener listener) {
    this.device = device;
    this.catalogue = catalogue;
    this.cache = cache;
    this.checker = checker;
    this.listener = listener;
  }

  /**
   * Searches a problem and enters the winner into the table, which is not saved.
   *
   * @throws GanderException if no kernel computes the problem
   */
  public Result tune(Workload workload, Effort effort, TunedTable table) {
    List<Variant> all = catalogue.candidates(workload.problem(), device.info());
    if (all.isEmpty()) {
      throw new GanderException(
          "no kernel for %s computes %s".formatted(device.info().id(), workload.problem()));
    }
    Workload.Data data = workload.data();
    Variant untuned = catalogue.choose(workload.problem(), device.info(), TunedTable.empty());
    var search =
        new Search(ahead(all, untuned), effort.variants(), effort.patience(), effort.seed());
    try (var contest = new Contest(device, catalogue, cache, workload, data)) {
      List<Contest.Entrant> ahead = screen(search, workload, contest, untuned, effort.budget());
      List<Timed> ranking = race(ahead);
      Optional<Timed> best = ranking.stream().findFirst();
      Optional<Timed> fusible = first(ranking, v -> v.kernel().fusible());
      boolean fused = workload.problem().fused();
      best.ifPresent(winner -> table.put(winner.variant(), fused, winner.micros()));
      if (!fused) {
        fusible.ifPresent(winner -> table.put(winner.variant(), true, winner.micros()));
      }
      return new Result(
          workload,
          first(ranking, v -> v.equals(untuned)).orElse(null),
          best.orElse(null),
          fusible.orElse(null),
          search.tried(),
          all.size());
    }
  }

  /** The untuned choice's kernel first: however short the time, no winner is worse than it. */
  private static List<Variant> ahead(List<Variant> all, @Nullable Variant untuned) {
    return all.stream()
        .sorted(
            Comparator.comparing(
                (Variant variant) -> untuned == null || !variant.kernel().equals(untuned.kernel())))
        .toList();
  }

  private static Optional<Timed> first(List<Timed> ranking, Predicate<Variant> wanted) {
    return ranking.stream().filter(timed -> wanted.test(timed.variant())).findFirst();
  }

  /** Checks and times variants until the search or the time is over. */
  private List<Contest.Entrant> screen(
      Search search,
      Workload workload,
      Contest contest,
      @Nullable Variant untuned,
      Duration budget) {
    long end = System.nanoTime() + budget.toNanos();
    var ahead = new ArrayList<Contest.Entrant>();
    var data = new HashMap<Arithmetic, Workload.Data>();
    Arithmetic taken = null;
    Variant next = search.next(null);
    while (next != null) {
      Arithmetic own = next.arithmetic();
      if (!own.equals(taken)) {
        checker.take(workload, data.computeIfAbsent(own, workload::data));
        taken = own;
      }
      Verdict verdict = checker.run(next.kernel(), next.setting());
      listener.checked(next, verdict);
      if (verdict instanceof Verdict.Right) {
        Contest.Entrant entrant = contest.enter(next);
        entrant.warmUp();
        for (int i = 0; i < SCREENING; i++) {
          entrant.time();
        }
        ahead.add(entrant);
        dropBehind(ahead, untuned);
      }
      next =
          System.nanoTime() - end > 0
              ? null
              : search.next(ahead.isEmpty() ? null : ahead.getFirst().variant());
    }
    return ahead;
  }

  /** Keeps the fastest, the fastest that takes generated code, and the untuned choice. */
  private static void dropBehind(List<Contest.Entrant> ahead, @Nullable Variant untuned) {
    ahead.sort(Comparator.comparingDouble(Contest.Entrant::least));
    double limit = BEHIND * ahead.getFirst().least();
    Contest.Entrant fusible =
        ahead.stream().filter(e -> e.variant().kernel().fusible()).findFirst().orElse(null);
    var dropped = new ArrayList<Contest.Entrant>();
    for (int place = 0; place < ahead.size(); place++) {
      Contest.Entrant entrant = ahead.get(place);
      boolean stays =
          (place < FINALISTS && entrant.least() <= limit)
              || entrant == fusible
              || entrant.variant().equals(untuned);
      if (!stays) {
        dropped.add(entrant);
      }
    }
    dropped.forEach(Contest.Entrant::close);
    ahead.removeAll(dropped);
  }

  /** Rounds in which each runs once, so that a disturbance meets all alike; fastest first. */
  private static List<Timed> race(List<Contest.Entrant> entrants) {
    for (int round = 0; round < ROUNDS; round++) {
      entrants.forEach(Contest.Entrant::time);
    }
    return entrants.stream()
        .map(entrant -> new Timed(entrant.variant(), entrant.median()))
        .sorted(Comparator.comparingDouble(Timed::micros))
        .toList();
  }
}
