// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class LossPlotTest {
  private static final int BLUE = 0xFF0072B2;
  private static final int ORANGE = 0xFFD55E00;

  @Test
  void drawsEachCurveInItsColour() throws IOException {
    BufferedImage plot = plot(curve("d", 200, 1), curve("g", 200, 2));
    assertEquals(1200, plot.getWidth());
    assertEquals(700, plot.getHeight());
    // A line across a thousand columns and a legend.
    assertTrue(count(plot, BLUE) > 1000);
    assertTrue(count(plot, ORANGE) > 1000);
  }

  @Test
  void oneWildValueDoesNotSetTheScale() throws IOException {
    double[] values = curve("d", 500, 1).values();
    values[0] = 1e9;
    BufferedImage plot = plot(new Curve("d", steps(500), values));
    // The line fills the height: it is found in rows far apart.
    int top = 700;
    int bottom = 0;
    for (int y = 0; y < 700; y++) {
      for (int x = 100; x < 1000; x++) {
        if (plot.getRGB(x, y) == BLUE) {
          top = Math.min(top, y);
          bottom = Math.max(bottom, y);
        }
      }
    }
    assertTrue(bottom - top > 200, top + " to " + bottom);
  }

  @Test
  void whatIsNotFiniteIsLeftOut() throws IOException {
    double[] values = curve("d", 100, 1).values();
    values[3] = Double.NaN;
    values[50] = Double.POSITIVE_INFINITY;
    values[99] = Double.NEGATIVE_INFINITY;
    assertTrue(count(plot(new Curve("d", steps(100), values)), BLUE) > 1000);
    assertEquals(0, count(plot(new Curve("d", steps(1), new double[] {Double.NaN})), BLUE));
    assertTrue(count(plot(new Curve("d", steps(1), new double[] {1})), BLUE) > 0);
    assertEquals(0, count(plot(), BLUE));
  }

  @Test
  void thinningKeepsThePeaks() {
    double[] values = curve("d", 10_000, 1).values();
    values[1234] = 99;
    values[5678] = -99;
    values[0] = Double.NaN;
    Curve thin = new Curve("d", steps(10_000), values).thinned(1000);
    assertEquals(1000, thin.values().length);
    assertTrue(
        IntStream.range(0, 1000).anyMatch(i -> thin.values()[i] == 99 && thin.steps()[i] == 12340));
    assertTrue(
        IntStream.range(0, 1000)
            .anyMatch(i -> thin.values()[i] == -99 && thin.steps()[i] == 56780));
    assertTrue(IntStream.range(1, 1000).allMatch(i -> thin.steps()[i] > thin.steps()[i - 1]));
    assertTrue(IntStream.range(0, 1000).noneMatch(i -> Double.isNaN(thin.values()[i])));
    Curve small = curve("d", 10, 1);
    assertSame(small, small.thinned(10));
  }

  @Test
  void smoothingIsAMeanOfTheNeighbours() {
    var curve = new Curve("d", steps(5), new double[] {1, 2, 9, Double.NaN, 5});
    assertArrayEquals(new double[] {1.5, 4, 5.5, 7, 5}, curve.smoothed(0.4).values(), 1e-12);
    assertArrayEquals(curve.values(), curve.smoothed(0.3).values());
  }

  @Test
  void stepsAndValuesBelongTogether() {
    assertThrows(IllegalArgumentException.class, () -> new Curve("d", steps(2), new double[3]));
  }

  private static Curve curve(String name, int n, double scale) {
    double[] values =
        IntStream.range(0, n).mapToDouble(i -> scale * (1 + Math.sin(6.0 * i / n))).toArray();
    return new Curve(name, steps(n), values);
  }

  private static double[] steps(int n) {
    return IntStream.range(0, n).mapToDouble(i -> 10 * i).toArray();
  }

  private static BufferedImage plot(Curve... curves) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(LossPlot.png("title", List.of(curves))));
  }

  private static int count(BufferedImage image, int colour) {
    int count = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        count += image.getRGB(x, y) == colour ? 1 : 0;
      }
    }
    return count;
  }
}
