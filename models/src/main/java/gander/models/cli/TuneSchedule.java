// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Splits time among problems: each may take an equal share of what is left for those that are left,
 * so that what one does not need the others get, and never more than its own budget.
 */
final class TuneSchedule {
  private final Duration budget;
  private final @Nullable Duration time;
  private final long begin;
  private int left;

  /**
   * @param budget of a problem at most
   * @param time of all of them from now on; null for as long as they take
   */
  TuneSchedule(int problems, Duration budget, @Nullable Duration time) {
    this(problems, budget, time, System.nanoTime());
  }

  TuneSchedule(int problems, Duration budget, @Nullable Duration time, long begin) {
    this.left = problems;
    this.budget = budget;
    this.time = time;
    this.begin = begin;
  }

  /** What the next problem may take; nothing is left where the time is over. */
  Duration next(long now) {
    int sharers = Math.max(1, left--);
    if (time == null) {
      return budget;
    }
    Duration share = rest(time, now).dividedBy(sharers);
    return share.compareTo(budget) < 0 ? share : budget;
  }

  /** The time left for this problem and those after it, at most. */
  String left(long now) {
    Duration most = budget.multipliedBy(left + 1);
    Duration rest = time == null ? most : rest(time, now);
    long seconds = (rest.compareTo(most) < 0 ? rest : most).toSeconds();
    return seconds < 60 ? seconds + " s" : "%d min".formatted(Math.ceilDiv(seconds, 60));
  }

  private Duration rest(Duration all, long now) {
    Duration rest = all.minusNanos(now - begin);
    return rest.isNegative() ? Duration.ZERO : rest;
  }
}
