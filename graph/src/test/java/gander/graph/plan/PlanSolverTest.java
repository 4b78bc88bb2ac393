// SPDX-License-Identifier: Apache-2.0
package gander.graph.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gander.graph.plan.PlanProblem.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlanSolverTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static Buffer buffer(int id, int lower, int upper, long bytes) {
    return new Buffer(id, "b" + id, lower, upper, bytes);
  }

  /**
   * The least peak there is, by all orders of placing each buffer as low as those before allow: one
   * of them gives any plan in which everything is pushed down.
   *
   * @param below known to be possible
   */
  private static long least(
      List<Buffer> left, List<Buffer> placed, List<Long> tops, long peak, long below) {
    long least = left.isEmpty() ? Math.min(peak, below) : below;
    for (Buffer buffer : left) {
      long low = 0;
      for (int i = 0; i < placed.size(); i++) {
        low = placed.get(i).meets(buffer) ? Math.max(low, tops.get(i)) : low;
      }
      long top = low + buffer.bytes();
      if (top >= least) {
        continue;
      }
      List<Buffer> rest = new ArrayList<>(left);
      rest.remove(buffer);
      placed.add(buffer);
      tops.add(top);
      least = least(rest, placed, tops, Math.max(peak, top), least);
      placed.removeLast();
      tops.removeLast();
    }
    return least;
  }

  /** What dies is replaced by others that take just its bytes: at every step memory is full. */
  private static PlanProblem crowded(SplittableRandom random, int bytes, int most) {
    var buffers = new ArrayList<Buffer>();
    record Life(int lower, long bytes) {}
    var live = new ArrayList<Life>();
    long free = bytes;
    for (int step = 0; ; step++) {
      while (free > 0) {
        long some = random.nextLong(1, free + 1);
        live.add(new Life(step, some));
        free -= some;
      }
      boolean last = buffers.size() + live.size() >= most;
      for (Life life : List.copyOf(live)) {
        if (last || random.nextInt(3) == 0) {
          live.remove(life);
          free += life.bytes;
          buffers.add(buffer(buffers.size(), life.lower, step + 1, life.bytes));
        }
      }
      if (last) {
        return new PlanProblem(buffers, 1);
      }
    }
  }

  @Test
  void findsTheLeastPeakOfSmallProblems() {
    var random = new SplittableRandom(11);
    for (int round = 0; round < 150; round++) {
      PlanProblem problem = crowded(random, 9, 8);
      List<Buffer> buffers = problem.buffers();
      long least =
          least(buffers, new ArrayList<>(), new ArrayList<>(), 0, problem.withoutReuse() + 1);
      Plan plan = PlanSolver.solve(problem);
      assertEquals(least, plan.peak(), () -> "" + problem);
      assertTrue(plan.optimal(), () -> "" + problem);
      assertEquals(least, PlanSolver.fit(problem, least, MINUTE).peak(), () -> "" + problem);
      Plan tight = PlanSolver.fit(problem, least - 1, MINUTE);
      assertTrue(tight.bound() >= least && tight.peak() >= least, () -> "" + problem);
    }
  }

  @Test
  void provesThatWhatIsLiveAtOnceDoesNotDo() {
    int[][] lives = {
      {0, 3, 2}, {0, 5, 3}, {3, 6, 1}, {5, 6, 1}, {3, 8, 1}, {5, 8, 2}, {6, 9, 2}, {8, 9, 3}
    };
    var buffers = new ArrayList<Buffer>();
    for (int[] life : lives) {
      buffers.add(buffer(buffers.size(), life[0], life[1], life[2]));
    }
    var problem = new PlanProblem(buffers, 1);
    assertEquals(5, problem.lowerBound());
    assertEquals(6, least(buffers, new ArrayList<>(), new ArrayList<>(), 0, 13));
    Plan plan = PlanSolver.solve(problem);
    assertEquals(6, plan.peak());
    assertTrue(plan.optimal(), "5 were tried and proved to be too few");
    assertEquals(6, PlanSolver.fit(problem, 5, MINUTE).bound());
  }

  /** A full rectangle, cut into pieces at random: they fit into it again, with nothing to spare. */
  private static PlanProblem jigsaw(SplittableRandom random, int pieces, int steps, int bytes) {
    List<int[]> cut = new ArrayList<>(List.of(new int[] {0, steps, 0, bytes}));
    while (cut.size() < pieces) {
      int[] piece = cut.remove(random.nextInt(cut.size()));
      boolean upright = random.nextInt(3) == 0;
      int from = upright ? 0 : 2;
      int[] other = piece.clone();
      if (piece[from + 1] - piece[from] >= 2) {
        int at = random.nextInt(piece[from] + 1, piece[from + 1]);
        piece[from + 1] = at;
        other[from] = at;
        cut.add(other);
      }
      cut.add(piece);
    }
    var buffers = new ArrayList<Buffer>();
    for (int[] piece : cut) {
      buffers.add(buffer(buffers.size(), piece[0], piece[1], piece[3] - piece[2]));
    }
    return new PlanProblem(buffers, 1);
  }

  @Test
  void putsJigsawsTogether() {
    var random = new SplittableRandom(12);
    int missedByGreed = 0;
    for (int round = 0; round < 12; round++) {
      PlanProblem problem = jigsaw(random, 60, 60, 5000);
      Plan plan = PlanSolver.fit(problem, 5000, MINUTE);
      assertEquals(5000, plan.peak());
      assertTrue(plan.optimal());
      missedByGreed += PlanGreedy.solve(problem).peak() > 5000 ? 1 : 0;
    }
    assertTrue(missedByGreed >= 10, missedByGreed + " of 12 are missed by greed");
  }

  @Test
  void solvesIndependentProblemsEachAlone() {
    var random = new SplittableRandom(13);
    var buffers = new ArrayList<Buffer>();
    for (int part = 0; part < 5; part++) {
      int base = buffers.size();
      for (Buffer b : jigsaw(random, 40, 30, 800).buffers()) {
        buffers.add(buffer(base + b.id(), b.lower() + 30 * part, b.upper() + 30 * part, b.bytes()));
      }
    }
    Plan plan = PlanSolver.solve(new PlanProblem(buffers, 1), MINUTE);
    assertEquals(800, plan.peak());
  }

  @Test
  void doesNotAskTheClockInACompile() {
    var random = new SplittableRandom(14);
    for (int round = 0; round < 3; round++) {
      PlanProblem problem = jigsaw(random, 120, 80, 100_000);
      assertEquals(PlanSolver.solve(problem), PlanSolver.solve(problem));
    }
  }

  @Test
  void saysWhetherItIsTheLeast() {
    var random = new SplittableRandom(15);
    PlanProblem hard = jigsaw(random, 400, 300, 10_000_000);
    Plan plan = PlanSolver.solve(hard, Duration.ofMillis(1));
    assertFalse(plan.optimal(), "in no time");
    assertEquals(10_000_000, plan.bound());
    assertTrue(plan.peak() > 10_000_000);
  }

  @Test
  void keepsAlignmentAndBuffersOfNoBytes() {
    var random = new SplittableRandom(16);
    for (int round = 0; round < 100; round++) {
      var buffers = new ArrayList<Buffer>();
      for (int id = 0; id < 12; id++) {
        int lower = random.nextInt(8);
        buffers.add(buffer(id, lower, lower + random.nextInt(1, 5), random.nextInt(0, 1000)));
      }
      Plan plan = PlanSolver.solve(new PlanProblem(buffers, 256));
      PlanValidator.check(plan);
      assertEquals(0, plan.peak() % 256);
      assertTrue(plan.optimal());
    }
  }

  @Test
  void solvesPublishedProblemsAtTheirCapacity() throws IOException {
    Path folder = data("minimalloc");
    assumeTrue(folder != null && Files.isDirectory(folder), "no folder data/minimalloc");
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(file -> file.toString().endsWith(".csv")).sorted().toList();
    }
    assertTrue(!files.isEmpty(), "no problem in " + folder);
    for (Path file : files) {
      PlanProblem problem = PlanCsv.read(Files.readAllLines(file));
      long capacity = Long.parseLong(file.getFileName().toString().split("\\.", -1)[1]);
      Plan plan = PlanSolver.fit(problem, capacity, Duration.ofMinutes(5));
      PlanValidator.check(plan);
      assertTrue(plan.peak() <= capacity, () -> file + ": " + PlanReport.summary(plan));
      assertTrue(PlanGreedy.solve(problem).peak() > capacity, file + " is too easy");
    }
  }

  /** A folder of data beside the repository; null if there is none. */
  private static @Nullable Path data(String name) {
    String given = System.getProperty("gander.root");
    Path root = given == null ? Path.of("").toAbsolutePath() : Path.of(given);
    while (root != null && !Files.isDirectory(root.resolve("kernels"))) {
      root = root.getParent();
    }
    return root == null ? null : root.resolveSibling("shared").resolve("data").resolve(name);
  }
}
