// SPDX-License-Identifier: Apache-2.0
package gander.graph.random;

/**
 * Whole draws of random numbers, as the kernels of the op {@code random} define them: element n
 * comes from word n % 4 of the counter (n / 4, step, 0, 0). The values are floats, bit for bit
 * those of any device, returned as doubles.
 */
public final class Draws {
  private Draws() {}

  /** Numbers in (0, 1]. */
  public static double[] uniform(int key0, int key1, int step, int count) {
    var numbers = new double[count];
    for (int n = 0; n < count; n += 4) {
      int[] words = Philox.philox4x32(Philox.ROUNDS, n / 4, step, 0, 0, key0, key1);
      for (int word = 0; word < 4 && n + word < count; word++) {
        numbers[n + word] = Normals.uniform(words[word]);
      }
    }
    return numbers;
  }

  /** Standard normals: words 0 and 1 of a counter give one pair, words 2 and 3 another. */
  public static double[] normal(int key0, int key1, int step, int count) {
    var numbers = new double[count];
    for (int n = 0; n < count; n += 4) {
      int[] words = Philox.philox4x32(Philox.ROUNDS, n / 4, step, 0, 0, key0, key1);
      for (int word = 0; word < 4 && n + word < count; word++) {
        int pair = word & 2;
        numbers[n + word] = Normals.normalPair(words[pair], words[pair + 1])[word & 1];
      }
    }
    return numbers;
  }
}
