// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class RooflinePlotTest {
  private static final int BLUE = 0xFF0072B2;
  private static final int ORANGE = 0xFFD55E00;
  private static final int BLACK = 0xFF000000;

  private static final double PEAK_FLOPS = 100e9;
  private static final double PEAK_BYTES = 10e9;

  private static RooflinePlot.Dot dot(String group, double intensity, double flops) {
    return new RooflinePlot.Dot(group, "N=8", intensity, flops);
  }

  private static BufferedImage plot(RooflinePlot.Dot... dots) throws IOException {
    return ImageIO.read(
        new ByteArrayInputStream(RooflinePlot.png("title", PEAK_FLOPS, PEAK_BYTES, List.of(dots))));
  }

  /** The mean place of a colour left of the legend; null if it is not there. */
  private static double[] centre(BufferedImage image, int colour) {
    double count = 0;
    double x = 0;
    double y = 0;
    for (int row = 0; row < 650; row++) {
      for (int column = 0; column < image.getWidth(); column++) {
        if (image.getRGB(column, row) == colour) {
          count++;
          x += column;
          y += row;
        }
      }
    }
    assertTrue(count > 20, "there is no " + Integer.toHexString(colour));
    return new double[] {x / count, y / count};
  }

  @Test
  void dotsOfOneGroupHaveOneColourAndStandWhereTheyBelong() throws IOException {
    BufferedImage image = plot(dot("matmul", 10, 90e9), dot("reduce", 1, 5e9));
    assertEquals(1200, image.getWidth());
    assertEquals(800, image.getHeight());
    double[] fast = centre(image, BLUE);
    double[] slow = centre(image, ORANGE);
    assertTrue(fast[0] > slow[0] + 100 && fast[1] < slow[1] - 100);
  }

  @Test
  void aDotAtThePeakIsOnTheRoof() throws IOException {
    BufferedImage image = plot(dot("matmul", 100, PEAK_FLOPS / 10), dot("other", 50, PEAK_FLOPS));
    double[] dot = centre(image, ORANGE);
    int roof = 0;
    while (image.getRGB((int) dot[0] - 40, roof) != BLACK || roof < 45) {
      roof++;
    }
    assertEquals(dot[1], roof, 3);
  }

  @Test
  void theRoofIsThereWithoutDots() throws IOException {
    centre(plot(), BLACK);
  }
}
