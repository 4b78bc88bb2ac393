// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gander.models.Refusal;
import gander.models.data.ImageShape;
import gander.models.data.Range;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PictureTest {
  @Test
  void everyReaderSeesTheSamePixels() throws IOException {
    for (int channels : new int[] {1, 3}) {
      int height = 37;
      int width = 91;
      var levels = new byte[height * width * channels];
      new Random(channels).nextBytes(levels);
      BufferedImage read = read(Png.encode(levels, height, width, channels));
      assertEquals(height, read.getHeight());
      assertEquals(width, read.getWidth());
      assertEquals(channels, read.getRaster().getNumBands());
      for (int i = 0; i < levels.length; i++) {
        int pixel = i / channels;
        assertEquals(
            levels[i] & 0xff,
            read.getRaster().getSample(pixel % width, pixel / width, i % channels));
      }
    }
  }

  @Test
  void onlyGreyAndRgbOfTheRightLength() {
    assertThrows(IllegalArgumentException.class, () -> Png.encode(new byte[8], 2, 2, 2));
    assertThrows(IllegalArgumentException.class, () -> Png.encode(new byte[5], 2, 2, 1));
    assertThrows(IllegalArgumentException.class, () -> Png.encode(new byte[0], 0, 2, 1));
  }

  @Test
  void aGridHasItsPicturesInRowsWithGaps() throws IOException {
    var shape = new ImageShape(2, 3, 1);
    var images = new float[5 * 6];
    for (int n = 0; n < 5; n++) {
      for (int p = 0; p < 6; p++) {
        images[n * 6 + p] = Range.SIGNED.value(100 + n * 6 + p);
      }
    }
    BufferedImage sheet = read(new SampleGrid(2, 3, 4).png(images, shape, Range.SIGNED));
    assertEquals(3 * (3 * 4 + 2) + 2, sheet.getWidth());
    assertEquals(2 * (2 * 4 + 2) + 2, sheet.getHeight());
    for (int y = 0; y < sheet.getHeight(); y++) {
      for (int x = 0; x < sheet.getWidth(); x++) {
        int row = (y - 2) / 10;
        int column = (x - 2) / 14;
        boolean gap = x < 2 || y < 2 || (y - 2) % 10 >= 8 || (x - 2) % 14 >= 12;
        boolean empty = row == 1 && column == 2;
        int pixel = (y - 2) % 10 / 4 * 3 + (x - 2) % 14 / 4;
        int level = gap || empty ? 64 : 100 + (row * 3 + column) * 6 + pixel;
        assertEquals(level, sheet.getRaster().getSample(x, y, 0), x + "," + y);
      }
    }
  }

  @Test
  void aGridOfColours() throws IOException {
    float[] images = {1, 0, 0.5f, Float.NaN, 2, -1};
    BufferedImage sheet =
        read(new SampleGrid(1, 2, 1).png(images, new ImageShape(1, 1, 3), Range.UNIT));
    assertEquals(0xFFFF0080, sheet.getRGB(2, 2));
    assertEquals(0xFF00FF00, sheet.getRGB(5, 2));
  }

  @Test
  void aGridChoosesItsOwnLayout() {
    assertEquals(new SampleGrid(8, 8, 2), SampleGrid.of(64, new ImageShape(28, 28, 1)));
    assertEquals(new SampleGrid(3, 4, 4), SampleGrid.of(10, new ImageShape(16, 16, 1)));
    assertEquals(new SampleGrid(1, 1, 1), SampleGrid.of(1, new ImageShape(128, 100, 3)));
    assertEquals(12, SampleGrid.of(10, new ImageShape(16, 16, 1)).capacity());
  }

  @Test
  void aGridNeedsOneOrThreeChannels() {
    var shape = new ImageShape(4, 4, 2);
    Refusal.of(
        () -> new SampleGrid(1, 1, 1).png(new float[32], shape, Range.UNIT), "4x4x2", "channel");
  }

  private static BufferedImage read(byte[] png) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(png));
  }
}
