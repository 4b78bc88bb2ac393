// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.Refusal;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrokesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 28, 5f3dc33070c3c9be7f74faa0ff7b53aba9be265a17bbc94329656c2f892a0c08",
    "1, 28, 535780dff0f9695a3fc4341bdf26f212f488b54ca7101b21d2855888a09325cc",
    "0, 16, 342334449761afe8ac54d825561eea38cac37b8afe7644629ccf093abb6c69e1"
  })
  void aSeedIsTheSameBytesEverywhere(long seed, int size, String sha256) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (int element = 0; element < 1000; element++) {
      digest.update(Strokes.draw(seed, element, ImageSize.square(size)));
    }
    assertEquals(sha256, HexFormat.of().formatHex(digest.digest()));
  }

  @Test
  void picturesDependOnNothingButSeedAndPlace() {
    DataSet all = Strokes.make(3, 0, 50, 20, Range.SIGNED);
    DataSet some = Strokes.make(3, 17, 5, 20, Range.SIGNED);
    var part = new float[5 * 400];
    System.arraycopy(all.images(), 17 * 400, part, 0, part.length);
    assertArrayEquals(part, some.images());
    assertArrayEquals(new int[] {7, 8, 9, 0, 1}, some.labels());
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 16, 28, 64})
  void glyphsAreBrightOnDarkAndInTheMiddle(int size) {
    int count = 500;
    DataSet set = Strokes.make(11, 0, count, size, Range.UNIT);
    double ink = 0;
    double border = 0;
    for (int n = 0; n < count; n++) {
      double sum = 0;
      double x = 0;
      double y = 0;
      float brightest = 0;
      for (int row = 0; row < size; row++) {
        for (int column = 0; column < size; column++) {
          float value = set.images()[(n * size + row) * size + column];
          assertTrue(value >= 0 && value <= 1);
          brightest = Math.max(brightest, value);
          sum += value;
          x += value * (column + 0.5);
          y += value * (row + 0.5);
          boolean rim = row == 0 || column == 0 || row == size - 1 || column == size - 1;
          border += rim ? value : 0;
        }
      }
      assertTrue(brightest > 0.8, "picture " + n);
      assertEquals(0.5, x / sum / size, 0.2, "picture " + n);
      assertEquals(0.5, y / sum / size, 0.2, "picture " + n);
      ink += sum;
    }
    // Like handwritten digits, about an eighth of a sheet is ink and next to none lies on the rim.
    assertEquals(0.14, ink / count / (size * size), 0.06);
    assertTrue(border < 0.01 * ink, border + " of " + ink);
  }

  @ParameterizedTest
  @CsvSource({"12, 20", "20, 12"})
  void aSheetThatIsNotSquareHasTheSquaresGlyphsInItsMiddle(int height, int width) {
    var size = new ImageSize(height, width);
    DataSet set = Strokes.make(11, 0, 50, size, Range.UNIT);
    DataSet square = Strokes.make(11, 0, 50, 12, Range.UNIT);
    assertEquals(new ImageShape(height, width, 1), set.shape());
    for (int n = 0; n < 50; n++) {
      double[] middle = middle(set, n);
      assertEquals(0.5, middle[1], 0.2);
      assertEquals(0.5, middle[2], 0.2);
      // Where it lies between the pixels is another place, so not quite as much ink.
      assertEquals(1, middle[0] / middle(square, n)[0], 0.1);
    }
  }

  /** How much ink a picture has, and its middle as shares of width and height. */
  private static double[] middle(DataSet set, int n) {
    int height = set.shape().height();
    int width = set.shape().width();
    double sum = 0;
    double x = 0;
    double y = 0;
    for (int i = 0; i < height * width; i++) {
      float value = set.images()[n * height * width + i];
      sum += value;
      int row = i / width;
      x += value * (i - row * width + 0.5);
      y += value * (row + 0.5);
    }
    return new double[] {sum, x / sum / width, y / sum / height};
  }

  @Test
  void classesAreBalancedAndNamed() {
    DataSet set = Strokes.make(0, 0, 1000, 8, Range.UNIT);
    var counts = new int[10];
    for (int label : set.labels()) {
      counts[label]++;
    }
    for (int count : counts) {
      assertEquals(100, count);
    }
    assertEquals("circle", set.classNames().getFirst());
    assertEquals("heart", set.classNames().getLast());
  }

  /** What a learner sees: the nearest mean of a class names most pictures rightly. */
  @Test
  void classesCanBeToldApart() {
    DataSet train = Strokes.make(0, 0, 4000, 28, Range.UNIT);
    DataSet test = Strokes.make(0, 60_000, 1000, 28, Range.UNIT);
    var means = new double[10][784];
    for (int n = 0; n < train.count(); n++) {
      for (int p = 0; p < 784; p++) {
        means[train.labels()[n]][p] += train.images()[n * 784 + p] / 400;
      }
    }
    int right = 0;
    for (int n = 0; n < test.count(); n++) {
      int nearest = 0;
      double least = Double.MAX_VALUE;
      for (int c = 0; c < 10; c++) {
        double distance = 0;
        for (int p = 0; p < 784; p++) {
          double d = means[c][p] - test.images()[n * 784 + p];
          distance += d * d;
        }
        if (distance < least) {
          least = distance;
          nearest = c;
        }
      }
      right += nearest == test.labels()[n] ? 1 : 0;
    }
    assertTrue(right > 600, right + " of 1000");
  }

  @Test
  void refusesWhatCannotBeDrawn() {
    Refusal.of(() -> Strokes.make(0, 0, 0, 28, Range.UNIT), "count", "0");
    Refusal.of(() -> Strokes.make(0, 0, 10, 7, Range.UNIT), "size", "8", "7");
    Refusal.of(() -> Strokes.make(0, 0, 60_000, 256, Range.UNIT), "60000", "256x256", "smaller");
  }
}
