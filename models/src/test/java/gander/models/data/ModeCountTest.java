// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModeCountTest {
  private static final double SIGMA = 0.05;

  private static ModeCount grid(double... points) {
    var floats = new float[points.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) points[i];
    }
    return ModeCount.of(Mixture.GRID25, floats);
  }

  @Test
  void threeDeviationsAreHighQuality() {
    double in = 2.99 * SIGMA;
    double out = 3.01 * SIGMA;
    double corner = 2.5 * SIGMA; // Along both axes: farther than three along their diagonal.
    ModeCount count =
        grid(-4 + in, -4, 2, 0 - in, 2, in, 0, out, 4 - out, 4, -2 + corner, 2 + corner);
    assertEquals(2, count.modes(), "(-4, -4) and (2, 0)");
    assertEquals(3.0 / 6, count.highQuality());
    // Of six points two are of one mode, whatever their quality, and four alone.
    double expected = 2 / 6.0 * Math.log(25 * 2 / 6.0) + 4 * (1 / 6.0 * Math.log(25 / 6.0));
    assertEquals(expected, count.reverseKl(), 1e-12);
  }

  @Test
  void theNearestModeHasAPointHoweverFarItIs() {
    ModeCount count = grid(100, 100, 0.99, 0.99, 1.01, 0.99, -3.9, 90);
    assertEquals(0, count.modes());
    assertEquals(0, count.highQuality());
    assertEquals(Math.log(25 / 4.0), count.reverseKl(), 1e-12, "four modes with a point each");
  }

  @Test
  void oneModeAloneIsFarthestFromEqualShares() {
    ModeCount count = grid(0, 0, 0, 0.01, 0.01, 0);
    assertEquals(1, count.modes());
    assertEquals(1, count.highQuality());
    assertEquals(Math.log(25), count.reverseKl(), 1e-12);
  }

  @Test
  void whatIsNotFiniteIsOfNoMode() {
    ModeCount count = grid(0, 0, Double.NaN, 0, 2, Double.NEGATIVE_INFINITY, 2, 2);
    assertEquals(2, count.modes());
    assertEquals(0.5, count.highQuality());
    assertEquals(Math.log(25 / 2.0), count.reverseKl(), 1e-12);
    assertEquals(Double.POSITIVE_INFINITY, grid(Double.NaN, Double.NaN).reverseKl());
  }

  @ParameterizedTest
  @EnumSource
  void aMixturesOwnPointsFindAllModes(Mixture mixture) {
    ModeCount count = ModeCount.of(mixture, mixture.draw(Split.TEST).images());
    assertEquals(mixture.means().length, count.modes());
    assertEquals(1 - Math.exp(-4.5), count.highQuality(), 0.005);
    assertEquals(0, count.reverseKl(), 1e-12);
    assertArrayEquals(
        new double[] {count.modes(), count.highQuality(), count.reverseKl()}, count.values());
    float[] one = Arrays.copyOf(mixture.draw(0, 1).images(), 2);
    assertEquals(
        "modes 1 of %d, high quality 100.0%%, reverse KL %.4f"
            .formatted(mixture.means().length, Math.log(mixture.means().length)),
        ModeCount.of(mixture, one).text(mixture));
  }
}
