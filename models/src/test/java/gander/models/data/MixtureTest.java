// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.Refusal;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MixtureTest {
  @ParameterizedTest
  @CsvSource({
    "GRID25, eb33d99f1136719199c50b9e609cc076b135925736fa86cf6f8e35814d75e76f",
    "RING8, ec931b3f39f3f3ca916c55c7819c49f6124f2ceec24532737bacb28cdfdf894c"
  })
  void pointsAreTheSameBytesEverywhere(Mixture mixture, String sha256) throws Exception {
    float[] points = mixture.draw(0, 1000).images();
    ByteBuffer bytes = ByteBuffer.allocate(4 * points.length);
    for (float value : points) {
      bytes.putFloat(value);
    }
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.array());
    assertEquals(sha256, HexFormat.of().formatHex(digest));
  }

  @ParameterizedTest
  @EnumSource
  void testPointsGoOnWhereTrainingPointsEnd(Mixture mixture) {
    DataSet train = DataSets.open(mixture.word(), Split.TRAIN, Range.SIGNED);
    DataSet test = DataSets.open(mixture.word(), Split.TEST, Range.SIGNED);
    assertEquals(mixture.word(), train.name());
    assertEquals(100_000, train.count());
    assertEquals(10_000, test.count());
    assertEquals(new ImageShape(1, 1, 2), train.shape());
    assertArrayEquals(
        mixture.draw(100_000, 10).images(), Arrays.copyOf(test.images(), 20), "the next ones");
    DataSet part = mixture.draw(17, 5);
    assertArrayEquals(Arrays.copyOfRange(train.images(), 34, 44), part.images());
    assertArrayEquals(Arrays.copyOfRange(train.labels(), 17, 22), part.labels());
  }

  @ParameterizedTest
  @CsvSource({"GRID25, 25, 0.05", "RING8, 8, 0.02"})
  void eachModeHasItsShareItsMeanAndItsDeviation(Mixture mixture, int modes, double deviation) {
    DataSet set = mixture.draw(Split.TRAIN);
    assertEquals(modes, set.classes());
    int each = set.count() / modes;
    var counts = new int[modes];
    var sums = new double[modes][2];
    var squares = new double[modes][2];
    double products = 0;
    for (int i = 0; i < set.count(); i++) {
      int mode = set.labels()[i];
      counts[mode]++;
      double[] off = new double[2];
      for (int axis = 0; axis < 2; axis++) {
        off[axis] = set.images()[2 * i + axis] - mixture.means()[mode][axis];
        sums[mode][axis] += off[axis];
        squares[mode][axis] += off[axis] * off[axis];
      }
      products += off[0] * off[1];
    }
    double error = deviation / Math.sqrt(each);
    for (int mode = 0; mode < modes; mode++) {
      assertEquals(each, counts[mode]);
      for (int axis = 0; axis < 2; axis++) {
        assertEquals(0, sums[mode][axis] / each, 5 * error);
        assertEquals(deviation, Math.sqrt(squares[mode][axis] / each), 5 * error);
      }
    }
    assertEquals(0, products / set.count() / (deviation * deviation), 0.02, "x and y apart");
  }

  @Test
  void meansAreThoseThatWerePublished() {
    assertArrayEquals(new double[] {-4, -4}, Mixture.GRID25.means()[0]);
    assertArrayEquals(new double[] {2, 0}, Mixture.GRID25.means()[13]);
    assertArrayEquals(new double[] {4, 4}, Mixture.GRID25.means()[24]);
    for (double[] mean : Mixture.RING8.means()) {
      assertEquals(2, Math.hypot(mean[0], mean[1]), 1e-15);
    }
    assertArrayEquals(new double[] {0, 2}, Mixture.RING8.means()[2], 1e-15);
    assertEquals("(-4.00, -2.00)", Mixture.GRID25.draw(0, 25).classNames().get(5));
  }

  @Test
  void pointsHaveNoSize() {
    assertNull(Mixture.of("grid"));
    assertEquals("ring8", DataSets.place("ring8"));
    assertTrue(DataSets.open("ring8", Split.TEST, Range.SIGNED).labelled());
    Refusal.of(
        () -> DataSets.open("ring8", Split.TRAIN, Range.SIGNED, 8), "'ring8'", "points", "size");
    var grey = new ImageForm(Range.SIGNED, null, 1);
    Refusal.of(
        () -> DataSets.open("grid25", Split.TRAIN, grey, Reading.SILENT), "'grid25'", "channels");
  }
}
