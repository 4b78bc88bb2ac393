// SPDX-License-Identifier: Apache-2.0
package gander.runtime.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  @Test
  void sharesOfATolerance() {
    assertEquals(0, Comparison.share(1, 1, 0));
    assertEquals(0.5, Comparison.share(1.5f, 1, 1));
    assertEquals(INFINITY, Comparison.share(1.5f, 1, 0));
    assertTrue(Comparison.share(2.5f, 1, 1) > 1);
  }

  @Test
  void numbersThatAreNone() {
    assertEquals(0, Comparison.share(Float.NaN, Double.NaN, 0));
    assertEquals(INFINITY, Comparison.share(Float.NaN, 1, 1));
    assertEquals(INFINITY, Comparison.share(1, Double.NaN, 1));
    assertEquals(0, Comparison.share(Float.POSITIVE_INFINITY, 1e300, 0));
    assertEquals(0, Comparison.share(Float.NEGATIVE_INFINITY, -INFINITY, 0));
    assertEquals(INFINITY, Comparison.share(Float.POSITIVE_INFINITY, 1, 1));
    assertEquals(0, Comparison.share(Float.NaN, 1, INFINITY));
  }

  @Test
  void floatsApart() {
    assertEquals(0, Comparison.ulps(0f, -0f));
    assertEquals(1, Comparison.ulps(1f, Math.nextUp(1f)));
    assertEquals(2, Comparison.ulps(Float.MIN_VALUE, -Float.MIN_VALUE));
    assertEquals(1L << 32, Comparison.ulps(Float.NaN, 0));
  }

  @Test
  void theFirstWrongElementIsToldAndAllAreCounted() {
    var comparison = new Comparison("y", false);
    var expected =
        new Workload.Expected(new double[] {1, 2, 3, 4}, new double[] {0.5, 0.5, 0.5, 0.5});
    assertNull(comparison.compare(new float[] {1, 2.25f, 3, 4}, expected));
    assertEquals(0.5, comparison.share());
    Verdict.Wrong wrong = comparison.compare(new float[] {1, 2, 4, 5}, expected);
    assertNotNull(wrong);
    assertEquals(2, wrong.index());
    assertEquals(2, wrong.wrong());
    assertTrue(wrong.sentence().startsWith("y[2] is 4.0 but should be 3.0"), wrong::sentence);
  }
}
