// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

/**
 * The order in which an epoch visits a data set: a pure function of (seed, epoch, count), so that a
 * resumed run needs to know only its step. The order is the Fisher-Yates shuffle of 0..count-1 from
 * the end, its draws taken from Philox4x32-10 keyed by the seed and counted by the epoch.
 */
public final class Shuffle {
  private Shuffle() {}

  /** A permutation of 0..count-1. */
  public static int[] order(long seed, long epoch, int count) {
    var order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    var draws = new Draws(seed, Draws.SHUFFLE, epoch);
    for (int i = count - 1; i > 0; i--) {
      int j = draws.below(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }
}
