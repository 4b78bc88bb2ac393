// SPDX-License-Identifier: Apache-2.0
package gander.graph.random;

/**
 * Philox4x32 (Salmon, Moraes, Dror and Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC'11):
 * four random words as a pure function of a 128-bit counter and a 64-bit key. Kernels compute the
 * same with {@code include/philox.h}.
 */
public final class Philox {
  /** The number of rounds that every random number of Gander takes. */
  public static final int ROUNDS = 10;

  private static final int M0 = 0xD2511F53;
  private static final int M1 = 0xCD9E8D57;
  private static final int W0 = 0x9E3779B9;
  private static final int W1 = 0xBB67AE85;

  private Philox() {}

  /** The four words for the counter (c0, c1, c2, c3) and the key (k0, k1). */
  public static int[] philox4x32(int rounds, int c0, int c1, int c2, int c3, int k0, int k1) {
    int x0 = c0;
    int x1 = c1;
    int x2 = c2;
    int x3 = c3;
    for (int round = 0; round < rounds; round++) {
      long product0 = Integer.toUnsignedLong(x0) * Integer.toUnsignedLong(M0);
      long product1 = Integer.toUnsignedLong(x2) * Integer.toUnsignedLong(M1);
      x0 = (int) (product1 >>> 32) ^ x1 ^ (k0 + round * W0);
      x1 = (int) product1;
      x2 = (int) (product0 >>> 32) ^ x3 ^ (k1 + round * W1);
      x3 = (int) product0;
    }
    return new int[] {x0, x1, x2, x3};
  }
}
