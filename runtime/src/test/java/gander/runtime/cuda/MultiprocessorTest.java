// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gander.runtime.cuda.Multiprocessor.Occupancy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MultiprocessorTest {
  /** The numbers of blocks are those of CUDA 13.0's occupancy calculator, cuda_occupancy.h. */
  @ParameterizedTest
  @CsvSource({
    "75, 800, 24, 909, 1, warps",
    "75, 810, 77, 38827, 0, registers",
    "75, 256, 73, 23633, 2, shared memory",
    "75, 2, 46, 0, 16, blocks",
    "80, 308, 17, 4763, 6, warps",
    "80, 960, 144, 28711, 0, registers",
    "80, 64, 115, 68725, 2, shared memory",
    "80, 32, 46, 0, 32, blocks",
    "89, 224, 106, 0, 2, registers",
    "89, 160, 48, 60257, 1, shared memory",
    "89, 32, 24, 1751, 24, blocks",
    "90, 352, 195, 12956, 0, registers",
    "90, 313, 42, 156291, 1, shared memory",
    "120, 448, 17, 0, 3, warps",
    "120, 130, 70, 40531, 2, shared memory",
  })
  void asManyBlocksFitAsByCudasCalculator(
      int capability, int threads, int registers, int shared, int blocks, String bound) {
    Occupancy occupancy = Multiprocessor.of(capability).occupancy(threads, registers, shared);
    assertEquals(blocks, occupancy.blocks());
    assertEquals(bound, occupancy.bound());
  }

  @Test
  void theShareIsOfTheWarpsThatCouldBeThere() {
    assertEquals(0.25, Multiprocessor.of(90).occupancy(256, 128, 0).share());
    assertEquals(1.0, Multiprocessor.of(90).occupancy(1024, 32, 0).share());
    assertEquals(1.0 / 48, Multiprocessor.of(120).occupancy(20, 255, 90_000).share());
  }

  @Test
  void aBlockHasWhatTheDriverLeaves() {
    assertEquals(227 << 10, Multiprocessor.of(90).blockSharedBytes());
    assertEquals(99 << 10, Multiprocessor.of(120).blockSharedBytes());
    assertEquals(64 << 10, Multiprocessor.of(75).blockSharedBytes());
  }
}
