// SPDX-License-Identifier: Apache-2.0
package gander.graph.plan;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.plan.PlanProblem.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PlanTest {
  private static Buffer buffer(int id, int lower, int upper, long bytes) {
    return new Buffer(id, "b" + id, lower, upper, bytes);
  }

  private static PlanProblem problem(int alignment, Buffer... buffers) {
    return new PlanProblem(List.of(buffers), alignment);
  }

  /** Overlaps found byte by byte and step by step, which is slow and cannot be wrong. */
  private static boolean isSound(Plan plan) {
    for (Buffer a : plan.problem().buffers()) {
      for (Buffer b : plan.problem().buffers()) {
        if (a.id() >= b.id()) {
          continue;
        }
        for (int step = a.lower(); step < a.upper(); step++) {
          if (step < b.lower() || step >= b.upper()) {
            continue;
          }
          for (long at = plan.offset(a.id()); at < plan.offset(a.id()) + a.bytes(); at++) {
            if (at >= plan.offset(b.id()) && at < plan.offset(b.id()) + b.bytes()) {
              return false;
            }
          }
        }
      }
    }
    return true;
  }

  private static boolean passes(Plan plan) {
    try {
      PlanValidator.check(plan);
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private static PlanProblem random(SplittableRandom random, int most) {
    var buffers = new ArrayList<Buffer>();
    int count = random.nextInt(1, most);
    for (int id = 0; id < count; id++) {
      int lower = random.nextInt(count);
      buffers.add(buffer(id, lower, lower + random.nextInt(1, 8), random.nextInt(1, 60)));
    }
    return new PlanProblem(buffers, 1 << random.nextInt(5));
  }

  @Test
  void ofRandomProblemsAreSound() {
    var random = new SplittableRandom(5);
    for (int round = 0; round < 500; round++) {
      PlanProblem problem = random(random, 40);
      Plan plan = PlanSolver.solve(problem);
      assertTrue(isSound(plan), () -> "" + plan);
      assertTrue(plan.peak() >= problem.lowerBound(), () -> "" + plan);
      assertTrue(plan.peak() <= problem.withoutReuse(), () -> "" + plan);
      assertEquals(plan, PlanSolver.solve(problem), "the same again");
    }
  }

  @Test
  void areJudgedByTheValidatorAsByteByByte() {
    var random = new SplittableRandom(6);
    int unsound = 0;
    for (int round = 0; round < 1000; round++) {
      PlanProblem problem = random(random, 6);
      Map<Integer, Long> offsets = new HashMap<>();
      for (Buffer buffer : problem.buffers()) {
        offsets.put(buffer.id(), (long) problem.alignment() * random.nextInt(6));
      }
      var plan = new Plan(problem, offsets, 1000);
      assertEquals(isSound(plan), passes(plan), () -> "" + plan);
      unsound += isSound(plan) ? 0 : 1;
    }
    assertTrue(unsound > 100 && unsound < 900, unsound + " of 1000 are unsound");
  }

  @Test
  void withAnOverlapAreRejected() {
    PlanProblem problem = problem(16, buffer(0, 0, 3, 100), buffer(1, 2, 5, 100));
    Plan good = PlanSolver.solve(problem);
    assertDoesNotThrow(() -> PlanValidator.check(good));
    for (long planted : List.of(0L, 16L, 96L)) {
      var bad = new Plan(problem, Map.of(0, 0L, 1, planted), 224);
      String message =
          String.valueOf(
              assertThrows(IllegalStateException.class, () -> PlanValidator.check(bad))
                  .getMessage());
      assertTrue(message.contains("overlap"), message);
    }
    PlanValidator.check(new Plan(problem, Map.of(0, 0L, 1, 112L), 224));
  }

  @Test
  void outsideTheArenaOrUnalignedAreRejected() {
    PlanProblem problem = problem(16, buffer(0, 0, 1, 100));
    assertTrue(passes(new Plan(problem, Map.of(0, 16L), 116)));
    assertTrue(!passes(new Plan(problem, Map.of(0, 16L), 115)), "beyond the end");
    assertTrue(!passes(new Plan(problem, Map.of(0, 8L), 200)), "not aligned");
    assertTrue(!passes(new Plan(problem, Map.of(0, -16L), 200)), "before the start");
    assertThrows(
        IllegalArgumentException.class,
        () -> PlanValidator.check(new Plan(problem, Map.of(), 100)),
        "without an offset");
  }

  @Test
  void reuseMemoryOfTheDead() {
    PlanProblem problem =
        problem(256, buffer(0, 0, 1, 1000), buffer(1, 1, 2, 900), buffer(2, 2, 3, 1024));
    assertEquals(1024, problem.lowerBound());
    assertEquals(3072, problem.withoutReuse());
    assertEquals(1024, PlanSolver.solve(problem).peak());
  }

  @Test
  void fitTheSmallestGap() {
    // A gap of 64 and one of 32 are free when the last buffer, of 32, comes.
    PlanProblem problem =
        problem(
            16,
            buffer(0, 0, 9, 512),
            buffer(1, 0, 5, 64),
            buffer(2, 0, 9, 256),
            buffer(3, 0, 5, 32),
            buffer(4, 0, 9, 128),
            buffer(5, 5, 9, 32),
            buffer(6, 5, 9, 64));
    assertEquals(problem.lowerBound(), PlanSolver.solve(problem).peak());
  }

  @Test
  void ofNothingAreEmpty() {
    Plan plan = PlanSolver.solve(problem(256));
    assertEquals(0, plan.peak());
    assertEquals(0, plan.problem().lowerBound());
  }

  @Test
  void refuseBuffersThatNeverLive() {
    assertThrows(IllegalArgumentException.class, () -> buffer(0, 3, 3, 10));
    assertThrows(IllegalArgumentException.class, () -> buffer(0, 3, 4, -1));
  }

  @Test
  void areReportedWithWhatIsInTheWay() {
    PlanProblem problem =
        problem(256, buffer(0, 0, 4, 500), buffer(1, 1, 3, 20_000), buffer(2, 2, 4, 300));
    Plan plan = PlanSolver.solve(problem);
    String summary = PlanReport.summary(plan);
    assertTrue(summary.startsWith("3 buffers: peak 20.8 KiB, lower bound 20.8 KiB"), summary);
    String fullest = PlanReport.fullest(plan, 2);
    assertTrue(fullest.contains("step 2") && fullest.contains("b1"), fullest);
    assertTrue(fullest.contains("and 1 more"), fullest);
    String largest = PlanReport.largest(plan, 2);
    assertTrue(largest.matches("'\\w+' \\([^)]*B\\), '\\w+' \\([^)]*B\\)"), largest);
  }
}
