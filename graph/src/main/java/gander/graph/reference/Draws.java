// SPDX-License-Identifier: Apache-2.0
package gander.graph.reference;

/** Stand-in for normals until the generator is merged. */
public final class Draws {
  private Draws() {}

  public static double[] uniform(int key0, int key1, int step, int count) {
    var values = new double[count];
    var words = new int[4];
    for (int n = 0; n < count; n++) {
      if (n % 4 == 0) {
        philox(n / 4, step, key0, key1, words);
      }
      values[n] = Math.fma((float) Integer.toUnsignedLong(words[n % 4]), 0x1p-32f, 0x1p-33f);
    }
    return values;
  }

  private static void philox(int block, int step, int key0, int key1, int[] words) {
    int c0 = block;
    int c1 = step;
    int c2 = 0;
    int c3 = 0;
    int k0 = key0;
    int k1 = key1;
    for (int round = 0; round < 10; round++) {
      long p0 = (c0 & 0xFFFFFFFFL) * 0xD2511F53L;
      long p1 = (c2 & 0xFFFFFFFFL) * 0xCD9E8D57L;
      c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      c1 = (int) p1;
      c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c3 = (int) p0;
      k0 += 0x9E3779B9;
      k1 += 0xBB67AE85;
    }
    words[0] = c0;
    words[1] = c1;
    words[2] = c2;
    words[3] = c3;
  }

  public static double[] normal(int key0, int key1, int step, int count) {
    return new double[count];
  }
}
