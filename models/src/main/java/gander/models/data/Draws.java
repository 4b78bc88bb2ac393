// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

/**
 * Random numbers that are a pure function of (seed, stream, element, position): the words of
 * Philox4x32-10 with the seed as key and the counter (position / 4, element low, element high,
 * stream). An object reads one element's words in order; there is no other state, so any element
 * can be made on any thread, in any order, on any machine.
 */
final class Draws {
  /** Each user has a stream of its own: numbers of one are never those of another. */
  static final int SHUFFLE = 1;

  static final int STROKES = 2;

  private final int key0;
  private final int key1;
  private final int element0;
  private final int element1;
  private final int stream;
  private final int[] words = new int[4];
  private int position;

  Draws(long seed, int stream, long element) {
    this.key0 = (int) seed;
    this.key1 = (int) (seed >>> 32);
    this.element0 = (int) element;
    this.element1 = (int) (element >>> 32);
    this.stream = stream;
  }

  /** The next 32 bits. */
  int bits() {
    if ((position & 3) == 0) {
      philox(position >>> 2, element0, element1, stream, key0, key1, words);
    }
    return words[position++ & 3];
  }

  /** Uniform in [lo, hi). */
  double between(double lo, double hi) {
    return lo + (hi - lo) * (Integer.toUnsignedLong(bits()) * 0x1p-32);
  }

  /**
   * Uniform in 0..n-1, from two words: the high half of their product with n. One value is likelier
   * than another by at most n parts in 2^64, and the number of words used never varies.
   */
  int below(int n) {
    long high = Integer.toUnsignedLong(bits());
    long low = Integer.toUnsignedLong(bits());
    return (int) Math.unsignedMultiplyHigh(high << 32 | low, n);
  }

  /** Ten rounds of Philox4x32. */
  static void philox(int c0, int c1, int c2, int c3, int k0, int k1, int[] out) {
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
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
  }
}
