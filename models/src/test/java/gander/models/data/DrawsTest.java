// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.random.Philox;
import org.junit.jupiter.api.Test;

class DrawsTest {
  @Test
  void wordsFollowTheCounter() {
    var draws = new Draws(0x0000000200000001L, 7, 0x0000000400000003L);
    int[] first = philox(0, 3, 4, 7, 1, 2);
    int[] second = philox(1, 3, 4, 7, 1, 2);
    for (int word : first) {
      assertEquals(word, draws.bits());
    }
    for (int word : second) {
      assertEquals(word, draws.bits());
    }
  }

  @Test
  void uniformsStayInTheirRangeAndFillIt() {
    var draws = new Draws(5, Draws.STROKES, 0);
    double sum = 0;
    double least = 1;
    double most = 0;
    for (int i = 0; i < 10_000; i++) {
      double value = draws.between(-1, 3);
      assertTrue(value >= -1 && value < 3);
      sum += value;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    assertEquals(1, sum / 10_000, 0.05);
    assertTrue(least < -0.99 && most > 2.99);
  }

  @Test
  void belowReachesEveryValueEquallyOften() {
    var draws = new Draws(6, Draws.SHUFFLE, 0);
    var counts = new int[7];
    for (int i = 0; i < 70_000; i++) {
      counts[draws.below(7)]++;
    }
    for (int count : counts) {
      assertEquals(10_000, count, 400); // four standard deviations
    }
    assertEquals(0, draws.below(1));
  }

  @Test
  void seedStreamAndElementAllCount() {
    int base = new Draws(1, 1, 1).bits();
    assertNotEquals(base, new Draws(1L << 40, 1, 1).bits());
    assertNotEquals(base, new Draws(1, 2, 1).bits());
    assertNotEquals(base, new Draws(1, 1, 1 + (1L << 40)).bits());
  }

  private static int[] philox(int c0, int c1, int c2, int c3, int k0, int k1) {
    return Philox.philox4x32(Philox.ROUNDS, c0, c1, c2, c3, k0, k1);
  }
}
