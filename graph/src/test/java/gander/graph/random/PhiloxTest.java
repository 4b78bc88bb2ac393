// SPDX-License-Identifier: Apache-2.0
package gander.graph.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PhiloxTest {
  private static final int COUNT = 1 << 20;
  private static final int KEY = 42;

  /** Known answers that the authors of Philox publish with Random123 (kat_vectors). */
  @ParameterizedTest
  @CsvSource({
    "10, 00000000 00000000 00000000 00000000, 00000000 00000000,"
        + " 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    "10, ffffffff ffffffff ffffffff ffffffff, ffffffff ffffffff,"
        + " 408f276d 41c83b0e a20bc7c6 6d5451fd",
    "10, 243f6a88 85a308d3 13198a2e 03707344, a4093822 299f31d0,"
        + " d16cfe09 94fdcceb 5001e420 24126ea1",
    "7, 00000000 00000000 00000000 00000000, 00000000 00000000,"
        + " 5f6fb709 0d893f64 4f121f81 4f730a48",
    "7, ffffffff ffffffff ffffffff ffffffff, ffffffff ffffffff,"
        + " 5207ddc2 45165e59 4d8ee751 8c52f662",
    "7, 243f6a88 85a308d3 13198a2e 03707344, a4093822 299f31d0,"
        + " 4dfccaba 190a87f0 c47362ba b6b5242a",
    "10, 00000000 00000000 00000000 00000000, 0000002a 00000000,"
        + " 9ceaf053 77f5493b 12bf50ad 5742b3d7",
    "10, 00000001 00000000 00000000 00000000, 0000002a 00000000,"
        + " fcdb2127 53ba6cfd 838f5a6e 744e06fb",
  })
  void knownAnswers(int rounds, String counter, String key, String answer) {
    int[] c = words(counter);
    int[] k = words(key);
    assertArrayEquals(words(answer), Philox.philox4x32(rounds, c[0], c[1], c[2], c[3], k[0], k[1]));
  }

  @Test
  void firstMillionWords() {
    var bytes = new byte[4 * COUNT];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < COUNT / 4; i++) {
      for (int word : Philox.philox4x32(Philox.ROUNDS, i, 0, 0, 0, KEY, 0)) {
        buffer.putInt(word);
      }
    }
    assertEquals("472fe2ba183eda83e300a89e9866b0395e874e877b5a06b5a51c31aa29e0405c", sha256(bytes));
  }

  @Test
  void uniformsAreAboveZeroAndUpToOne() {
    assertEquals(0x1p-33f, Normals.uniform(0));
    assertEquals(1.0f, Normals.uniform(-1));
    assertEquals(0.5f, Normals.uniform(0x80000000));
    assertEquals(0x1p-32f + 0x1p-33f, Normals.uniform(1));
  }

  /** The bits that every kernel gives for this key: they may never change. */
  @Test
  void drawsAreTheBitsOfKernels() {
    assertEquals(
        "e410fe873f9b741bbcf69f41055dae8ba47a20e0f78a4fff17f409ba100b4641",
        sha256(floats(Draws.uniform(KEY, 0, 0, COUNT))));
    assertEquals(
        "1660786b1a59f911d7533c264c1a9ed619968976b589152b774fa5e7da7318bc",
        sha256(floats(Draws.normal(KEY, 0, 0, COUNT))));
  }

  @Test
  void normalsFollowTheFormulaInDouble() {
    for (int i = 0; i < 100_000; i++) {
      int[] words = Philox.philox4x32(Philox.ROUNDS, i, 3, 0, 0, KEY, 1);
      checkPair(words[0], words[1]);
      checkPair(words[2], words[3]);
    }
    List<Integer> edges =
        List.of(0, 1, -1, -127, -128, -129, 0x7fffffff, 0x80000000, 0x40000000, 0xc0000000);
    for (int angle : edges) {
      for (int radius : edges) {
        checkPair(angle, radius);
      }
    }
  }

  private static void checkPair(int angle, int radius) {
    double v = (float) angle * 0x1p-31f + 0x1p-32f;
    double r = Math.sqrt(-2 * Math.log(Normals.uniform(radius)));
    float[] pair = Normals.normalPair(angle, radius);
    assertEquals(Math.sin(Math.PI * v) * r, pair[0], 6e-7);
    assertEquals(Math.cos(Math.PI * v) * r, pair[1], 6e-7);
  }

  @Test
  void normalsOfKnownWords() {
    assertArrayEquals(
        new double[] {0.298956758, -0.406336832, -0.997695668, -0.0898036467},
        Draws.normal(0, 0, 0, 4),
        2e-7);
    int[] pi = words("d16cfe09 94fdcceb 5001e420 24126ea1");
    checkPair(-0.946749933, 0.431557825, Normals.normalPair(pi[0], pi[1]));
    checkPair(1.82889234, -0.757940425, Normals.normalPair(pi[2], pi[3]));
  }

  private static void checkPair(double first, double second, float[] pair) {
    assertEquals(first, pair[0], 2e-7);
    assertEquals(second, pair[1], 2e-7);
  }

  @Test
  void momentsOfNormals() {
    double[] z = Draws.normal(KEY, 0, 0, COUNT);
    double mean = mean(z, 0, 1);
    assertEquals(-0.00107, mean, 1e-5);
    double variance = mean(z, mean, 2);
    assertEquals(1.00014, variance, 1e-5);
    assertEquals(-0.0004, mean(z, mean, 3) / Math.pow(variance, 1.5), 1e-4);
    assertEquals(2.9933, mean(z, 0, 4), 1e-4);
    for (double value : z) {
      assertTrue(Math.abs(value) <= 6.764);
    }
  }

  @Test
  void draws() {
    double[] long17 = Draws.normal(1, 2, 3, 17);
    assertArrayEquals(Arrays.copyOf(long17, 6), Draws.normal(1, 2, 3, 6));
    assertEquals(0, Draws.uniform(1, 2, 3, 0).length);
    assertTrue(Draws.uniform(1, 2, 3, 1)[0] != Draws.uniform(1, 2, 4, 1)[0]);
    assertTrue(Draws.uniform(1, 2, 3, 1)[0] != Draws.uniform(1, 3, 3, 1)[0]);
  }

  private static double mean(double[] values, double centre, int power) {
    double sum = 0;
    for (double value : values) {
      sum += Math.pow(value - centre, power);
    }
    return sum / values.length;
  }

  private static int[] words(String text) {
    return Arrays.stream(text.strip().split(" "))
        .mapToInt(word -> Integer.parseUnsignedInt(word, 16))
        .toArray();
  }

  private static byte[] floats(double[] values) {
    var bytes = new byte[4 * values.length];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      buffer.putFloat((float) value);
    }
    return bytes;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
