// SPDX-License-Identifier: Apache-2.0
package gander.graph.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gander.graph.plan.PlanProblem.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CachingAllocatorTest {
  private static final long MIB = 1L << 20;

  /** Buffers of (lower, upper, KiB). */
  private static long peakMib(int[]... lives) {
    List<Buffer> buffers = new ArrayList<>();
    for (int[] life : lives) {
      buffers.add(new Buffer(buffers.size(), "b", life[0], life[1], life[2] * 1024L));
    }
    long peak = CachingAllocator.peak(new PlanProblem(buffers, 256));
    assertEquals(0, peak % MIB);
    return peak / MIB;
  }

  @Test
  void takesSegments() {
    assertEquals(0, peakMib());
    assertEquals(2, peakMib(new int[] {0, 1, 1}), "a small one");
    assertEquals(20, peakMib(new int[] {0, 1, 1025}), "one of more than 1 MiB");
    assertEquals(12, peakMib(new int[] {0, 1, 11 * 1024}), "one of 10 MiB or more is rounded");
  }

  @Test
  void splitsAndJoinsBlocks() {
    assertEquals(
        2, peakMib(new int[] {0, 3, 1024}, new int[] {0, 3, 512}, new int[] {0, 3, 512}), "full");
    assertEquals(
        4,
        peakMib(
            new int[] {0, 3, 1024},
            new int[] {0, 3, 512},
            new int[] {0, 3, 512},
            new int[] {1, 2, 1}));
    assertEquals(
        2,
        peakMib(
            new int[] {0, 2, 1024},
            new int[] {0, 1, 512},
            new int[] {0, 1, 512},
            new int[] {1, 2, 1024}),
        "two neighbours become one block");
    assertEquals(
        4,
        peakMib(
            new int[] {0, 1, 512},
            new int[] {0, 3, 512},
            new int[] {0, 1, 512},
            new int[] {0, 3, 512},
            new int[] {1, 2, 1024}),
        "two that are apart do not");
  }

  @Test
  void leavesThoseOfSegmentsUnlikeInPeace() {
    assertEquals(22, peakMib(new int[] {0, 1, 5000}, new int[] {1, 2, 4}), "small ones");
    assertEquals(
        20, peakMib(new int[] {0, 2, 9000}, new int[] {1, 2, 9000}), "large ones share 20 MiB");
  }

  @Test
  void asksForNothingWhereThereAreNoBytes() {
    assertEquals(0, peakMib(new int[] {0, 1, 0}));
    assertEquals(
        2,
        peakMib(new int[] {0, 3, 1024}, new int[] {0, 3, 1024}, new int[] {1, 2, 0}),
        "the segment is full already");
  }

  @Test
  void splitsWhatLeavesEnough() {
    assertEquals(
        20,
        peakMib(new int[] {0, 3, 9 * 1024}, new int[] {0, 3, 9728}, new int[] {1, 2, 1100}),
        "1.5 MiB are left of a large segment");
    List<Buffer> small =
        List.of(
            new Buffer(0, "b", 0, 3, MIB),
            new Buffer(1, "b", 0, 3, MIB - 512),
            new Buffer(2, "b", 1, 2, 512));
    assertEquals(
        2 * MIB,
        CachingAllocator.peak(new PlanProblem(small, 256)),
        "512 bytes are left of a small one");
  }
}
