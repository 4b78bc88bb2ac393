// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TuneScheduleTest {
  private static final long SECOND = 1_000_000_000L;

  private static TuneSchedule schedule(int problems, int budget, int seconds) {
    return new TuneSchedule(problems, Duration.ofSeconds(budget), Duration.ofSeconds(seconds), 0);
  }

  @Test
  void whatOneLeavesTheOthersShare() {
    TuneSchedule schedule = schedule(4, 60, 40);
    assertEquals(Duration.ofSeconds(10), schedule.next(0));
    assertEquals("40 s", schedule.left(0));
    // The first took 1 s of its 10: 39 s are left for three.
    assertEquals(Duration.ofSeconds(13), schedule.next(SECOND));
    assertEquals(Duration.ofSeconds(10), schedule.next(20 * SECOND));
    assertEquals(Duration.ofSeconds(2), schedule.next(38 * SECOND));
  }

  @Test
  void aProblemNeverGetsMoreThanItsBudget() {
    TuneSchedule schedule = schedule(2, 5, 40);
    assertEquals(Duration.ofSeconds(5), schedule.next(0));
    assertEquals("10 s", schedule.left(0));
    var endless = new TuneSchedule(30, Duration.ofSeconds(5), null, 0);
    assertEquals(Duration.ofSeconds(5), endless.next(1000 * SECOND));
    assertEquals("3 min", endless.left(1000 * SECOND));
  }

  @Test
  void nothingIsLeftWhenTheTimeIsOver() {
    TuneSchedule schedule = schedule(2, 60, 10);
    schedule.next(0);
    assertEquals(Duration.ZERO, schedule.next(11 * SECOND));
    assertEquals("0 s", schedule.left(11 * SECOND));
  }
}
