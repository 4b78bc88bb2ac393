// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShuffleTest {
  // The orders below come from a separate program that follows the description of Shuffle.
  @Test
  void ordersAreThoseOfTheDescription() throws Exception {
    assertArrayEquals(new int[] {6, 0, 10, 4, 7, 5, 2, 8, 9, 11, 3, 1}, Shuffle.order(42, 0, 12));
    assertArrayEquals(new int[] {1, 5, 8, 10, 7, 4, 2, 9, 11, 0, 6, 3}, Shuffle.order(42, 1, 12));
    assertArrayEquals(
        new int[] {5, 8, 9, 6, 4, 1, 10, 7, 0, 3, 11, 2},
        Shuffle.order(0x123456789abcdef0L, 7L << 32 | 5, 12));
    var bytes = ByteBuffer.allocate(4000).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(Shuffle.order(2026, 3, 1000));
    assertEquals(
        "bfa00cc4f8765dc578899e15d9e7c0d4a9653837798dbbff8eade70dbfe1d587",
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array())));
  }

  @Test
  void everyOrderIsAPermutation() {
    for (int count : new int[] {0, 1, 2, 3, 1000, 60_000}) {
      int[] order = Shuffle.order(9, count, count);
      Arrays.sort(order);
      assertArrayEquals(IntStream.range(0, count).toArray(), order);
    }
  }

  @Test
  void epochsAndSeedsDiffer() {
    assertFalse(Arrays.equals(Shuffle.order(1, 0, 100), Shuffle.order(1, 1, 100)));
    assertFalse(Arrays.equals(Shuffle.order(1, 0, 100), Shuffle.order(2, 0, 100)));
    assertArrayEquals(Shuffle.order(1, 5, 100), Shuffle.order(1, 5, 100));
  }
}
