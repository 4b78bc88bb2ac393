// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.data.Mixture;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ScatterTest {
  private static BufferedImage picture(float[] data, float[] points) throws IOException {
    byte[] png = new Scatter(Mixture.GRID25, data).png(points);
    return Objects.requireNonNull(ImageIO.read(new ByteArrayInputStream(png)));
  }

  /** The pixel at a place of the plane, of which -5 to 5 is seen along both axes. */
  private static int at(BufferedImage picture, double x, double y) {
    return picture.getRGB((int) (60 * (x + 5)), (int) (60 * (5 - y))) & 0xFFFFFF;
  }

  @Test
  void pointsAreColouredDataGreyAndModesInCircles() throws IOException {
    float nan = Float.NaN;
    BufferedImage picture =
        picture(new float[] {-2, 2}, new float[] {4, -2, 100, 100, nan, 0, 1, nan});
    assertEquals(600, picture.getWidth());
    assertEquals(600, picture.getHeight());
    assertEquals(0xFFFFFF, at(picture, 1, 1), "nothing");
    assertEquals(0xB8B8B8, at(picture, -2, 2));
    int point = at(picture, 4, -2);
    assertTrue((point & 0xFF) > (point >> 16) + 0x40, "blue: " + Integer.toHexString(point));
    assertEquals(0xFFFFFF, at(picture, 4, 4), "an empty mode");
    boolean ring = false;
    for (int pixel = 7; pixel <= 11; pixel++) { // three deviations are nine pixels
      ring |= at(picture, 4 + pixel / 60.0, 4) != 0xFFFFFF;
    }
    assertTrue(ring);
  }

  @Test
  void aPageShowsTheLastSetFirstAndNothingFromOutside() {
    var sets = new LinkedHashMap<String, float[]>();
    sets.put("step 1", new float[] {0, 0, 9, 9});
    sets.put("step 2", new float[] {4, 4, -4, Float.NaN});
    String html = new Scatter(Mixture.GRID25, new float[] {2, 2}).html(sets);
    assertEquals(25, html.split("<circle", -1).length - 1);
    assertTrue(html.contains("id=\"set-2\" checked=\"checked\"/><label for=\"set-2\">step 2<"));
    assertFalse(html.contains("id=\"set-1\" checked"));
    assertTrue(
        html.contains(
            "set-1\" stroke=\"#0072b2\" stroke-opacity=\"0.5\" stroke-width=\"4\" d=\"M300.0 300.0h0\""),
        html);
    assertTrue(html.contains("d=\"M540.0 60.0h0\""), "y goes up");
    assertFalse(html.contains("NaN"));
    assertFalse(html.contains("script"));
  }
}
