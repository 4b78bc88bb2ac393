// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.Refusal;
import gander.models.io.Png;
import gander.runtime.GanderException;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PictureTest {
  @TempDir Path folder;

  private Picture read(byte[] content) throws IOException {
    return Picture.read(Files.write(folder.resolve("image"), content));
  }

  private static byte[] written(BufferedImage image, String format) throws IOException {
    var out = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, format, out), format);
    return out.toByteArray();
  }

  private static BufferedImage image(int type, int... rgb) {
    var image = new BufferedImage(rgb.length, 1, type);
    for (int x = 0; x < rgb.length; x++) {
      image.setRGB(x, 0, rgb[x]);
    }
    return image;
  }

  private static void holds(Picture picture, int channels, int... levels) {
    assertEquals(new ImageShape(1, levels.length / channels, channels), picture.shape());
    var read = new int[levels.length];
    Arrays.setAll(read, i -> picture.levels()[i] & 0xff);
    assertArrayEquals(levels, read);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void pngComesBackLevelByLevel(int channels) throws IOException {
    var levels = new byte[7 * 5 * channels];
    new Random(channels).nextBytes(levels);
    Picture picture = read(Png.encode(levels, 7, 5, channels));
    assertEquals(new ImageShape(7, 5, channels), picture.shape());
    assertArrayEquals(levels, picture.levels());
  }

  @Test
  void deeperAndFlatterSamplesAreScaled() throws IOException {
    var deep = new BufferedImage(4, 1, BufferedImage.TYPE_USHORT_GRAY);
    deep.getRaster().setSamples(0, 0, 4, 1, 0, new int[] {0, 32_767, 65_278, 65_535});
    holds(read(written(deep, "png")), 1, 0, 127, 254, 255);
    holds(Picture.read(bmp555()), 3, 0, 255, 8, 132, 0, 0, 255, 255, 255, 16, 16, 16);
  }

  /** A bitmap of 16 bits a pixel, five a colour, which ImageIO does not write. */
  private Path bmp555() throws IOException {
    var file = ByteBuffer.allocate(62).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 'B').put((byte) 'M').putInt(62).putInt(0).putInt(54);
    file.putInt(40).putInt(4).putInt(1).putShort((short) 1).putShort((short) 16);
    file.putInt(0).putInt(8).putInt(0).putInt(0).putInt(0).putInt(0);
    for (int[] rgb : new int[][] {{0, 31, 1}, {16, 0, 0}, {31, 31, 31}, {2, 2, 2}}) {
      file.putShort((short) (rgb[0] << 10 | rgb[1] << 5 | rgb[2]));
    }
    return Files.write(folder.resolve("555.bmp"), file.array());
  }

  @Test
  void palettesAreLookedUp() throws IOException {
    byte[] reds = {10, 0, (byte) 200, 7};
    byte[] greens = {20, 0, (byte) 100, 7};
    byte[] blues = {30, (byte) 255, 50, 7};
    var palette = new IndexColorModel(4, 16, whole(reds), whole(greens), whole(blues));
    var image = new BufferedImage(4, 1, BufferedImage.TYPE_BYTE_BINARY, palette);
    image.getRaster().setSamples(0, 0, 4, 1, 0, new int[] {3, 2, 1, 0});
    for (String format : new String[] {"png", "bmp"}) {
      holds(read(written(image, format)), 3, 7, 7, 7, 200, 100, 50, 0, 0, 255, 10, 20, 30);
    }
  }

  /** A whole palette, which is what the writer of BMP takes. */
  private static byte[] whole(byte[] colours) {
    return Arrays.copyOf(colours, 16);
  }

  @Test
  void whatIsTransparentIsSeenOnWhite() throws IOException {
    var image = image(BufferedImage.TYPE_INT_ARGB, 0xff102030, 0x00102030, 0x80000000);
    holds(read(written(image, "png")), 3, 16, 32, 48, 255, 255, 255, 127, 127, 127);
  }

  @Test
  void bmpAndJpegAreRead() throws IOException {
    var image = image(BufferedImage.TYPE_INT_RGB, 0x010203, 0xfffefd);
    holds(read(written(image, "bmp")), 3, 1, 2, 3, 255, 254, 253);
    var even = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 256; i++) {
      even.setRGB(i % 16, i / 16, 0xc86432);
    }
    Picture picture = read(written(even, "jpg"));
    assertEquals(new ImageShape(16, 16, 3), picture.shape());
    int[] levels = {0xc8, 0x64, 0x32};
    for (int i = 0; i < picture.levels().length; i++) {
      assertEquals(levels[i % 3], picture.levels()[i] & 0xff, 3); // JPEG rounds
    }
    var grey = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster().setSamples(0, 0, 8, 8, 0, filled(64, 128));
    for (byte level : read(written(grey, "jpg")).levels()) {
      assertEquals(128, level & 0xff, 1);
    }
  }

  private static int[] filled(int count, int value) {
    var values = new int[count];
    Arrays.fill(values, value);
    return values;
  }

  @Test
  void readsPgm() throws IOException {
    for (String file :
        List.of(
            "P2 4 1 3 0 1 2 3",
            "P2#by hand\n4 1\n#largest:\n3 0\t1\r\n2 3#end",
            "P2 4 1 65535 0 21845 43690 65535",
            "P5 4 1 255\n\0U\u00aa\u00ff",
            "P5 4 1 3\n\0\1\2\3",
            "P5 4 1 65535\n\0\0UU\u00aa\u00aa\u00ff\u00ff")) {
      holds(read(latin(file)), 1, 0, 85, 170, 255);
    }
  }

  @Test
  void readsPpm() throws IOException {
    holds(read(latin("P3 2 1 255 1 2 3 4 5 6")), 3, 1, 2, 3, 4, 5, 6);
    holds(read(latin("P6 2 1 255\n\1\2\3\n\13\u00ff")), 3, 1, 2, 3, 10, 11, 255);
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void refusesDamagedPnm() {
    refuses("P5 4 1 255\n\1\2\3", "cut off");
    refuses("P5 4 1", "cut off");
    refuses("P2 4 1 255 1 2 3", "cut off");
    refuses("P2 4 1 255 1 2 x 4", "no number");
    refuses("P2 4 1 99999999999 1", "no number");
    refuses("P5 0 1 255\n", "0x1 pixels");
    refuses("P5 1 1 0\n\1", "largest sample");
    refuses("P5 1 1 65536\n\1", "65536");
    refuses("P2 1 1 7 8", "a sample 8 above 7");
    refuses("P5 65536 65536 255\n", "65536x65536 pixels");
  }

  private void refuses(String file, String named) {
    Refusal.of(() -> read(latin(file)), folder.resolve("image"), named, "fetch");
  }

  @Test
  void refusesWhatIsNoImage() throws IOException {
    Path file = folder.resolve("image");
    Refusal.of(() -> Picture.read(file), "cannot read", file);
    Refusal.of(() -> read(new byte[0]), file, "it is empty");
    Refusal.of(() -> read(latin("<html>")), file, ImageFolder.KINDS);
    Refusal.of(() -> Picture.shape(file), file, ImageFolder.KINDS);
  }

  @Test
  void aHeaderThatLiesCostsNoMemory() {
    byte[] png = Png.encode(new byte[1], 1, 1, 1);
    png[16] = 0x7f; // the width's first byte
    Refusal.of(() -> read(png), folder.resolve("image"));
    png[16] = 0;
    png[17] = 0x10; // 2^20 + 1 pixels wide
    png[21] = 0x10;
    Refusal.of(() -> read(png), folder.resolve("image"), "1048577x1048577 pixels");
  }

  /** Where a decoder does without the end of a file, nothing of the image may be missing. */
  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "jpg"})
  void whatIsCutOffIsRefusedOrWhole(String format) throws IOException {
    var image = new BufferedImage(11, 9, BufferedImage.TYPE_3BYTE_BGR);
    var random = new Random(4);
    for (int i = 0; i < 11 * 9; i++) {
      image.setRGB(i % 11, i / 11, random.nextInt(1 << 24));
    }
    byte[] content = written(image, format);
    Picture whole = read(content);
    int refused = 0;
    int step = 3;
    for (int bytes = 0; bytes < content.length; bytes += step) {
      byte[] start = Arrays.copyOf(content, bytes);
      try {
        assertArrayEquals(whole.levels(), read(start).levels(), bytes + " bytes");
      } catch (GanderException e) {
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains(folder.toString()), message);
        assertFalse(message.contains("Exception"), message);
        refused++;
      }
    }
    assertTrue(refused > content.length / step - 10, refused + " of " + content.length);
  }

  @Test
  void theMiddleIsTaken() {
    // Columns 0 1 2 3 4 5, of which a square of 2 rows takes 2 and 3.
    var picture = new Picture(new ImageShape(2, 6, 1), latin("\0\1\2\3\4\5\0\1\2\3\4\5"));
    float[] values = Range.UNIT.table();
    for (int i = 0; i < 6; i++) {
      values[i] = i;
    }
    var out = new float[5];
    picture.fit(new ImageShape(2, 2, 1), values, out, 1);
    assertArrayEquals(new float[] {0, 2, 3, 2, 3}, out);
    picture.fit(new ImageShape(1, 1, 1), values, out, 0);
    assertEquals(2.5f, out[0]);
    // Twice as wide as high: columns 1 to 4, weighed 3, 3, 1 of 7 and 1, 3, 3.
    picture.fit(new ImageShape(1, 2, 1), values, out, 0);
    assertEquals(12 / 7f, out[0], 1e-6);
    assertEquals(23 / 7f, out[1], 1e-6);
  }

  @Test
  void colourOutsideTheCropDoesNotCount() {
    var levels = new byte[3 * 3];
    levels[0] = 1;
    var picture = new Picture(new ImageShape(1, 3, 3), levels);
    assertFalse(picture.coloured(new ImageShape(4, 4, 3)));
    assertTrue(picture.coloured(new ImageShape(1, 3, 3)));
  }
}
