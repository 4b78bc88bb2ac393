// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import gander.graph.random.Philox;

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
  static final int GRID25 = 3;
  static final int RING8 = 4;

  private final int key0;
  private final int key1;
  private final int element0;
  private final int element1;
  private final int stream;
  private int[] words = {};
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
      words =
          Philox.philox4x32(Philox.ROUNDS, position >>> 2, element0, element1, stream, key0, key1);
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
}
