// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

/**
 * What the blocks that are on one multiprocessor at a time share. Warps, blocks and shared memory
 * are those of the CUDA C++ Programming Guide's technical specifications for the compute
 * capability; the steps in which registers and shared memory are handed out, those of CUDA's own
 * occupancy calculator.
 *
 * @param warps that can be resident
 * @param blocks that can be resident
 * @param sharedBytes shared memory of all blocks
 * @param reservedBytes shared memory that the driver takes of each block
 * @param sharedStep what a block's shared memory is a multiple of, in bytes
 */
public record Multiprocessor(
    int warps, int blocks, int sharedBytes, int reservedBytes, int sharedStep) {
  private static final int WARP = 32;
  private static final int KIBIBYTE = 1024;

  /** Each schedules a quarter of the warps, from registers of its own. */
  private static final int PARTITIONS = 4;

  private static final int PARTITION_REGISTERS = 16384;

  /** What a warp's registers are a multiple of. */
  private static final int REGISTER_STEP = 256;

  /** That of a compute capability such as 90; of one that is not known sm_75's, the least. */
  public static Multiprocessor of(int capability) {
    return switch (capability) {
      case 80 -> ampere(64, 32, 164);
      case 86 -> ampere(48, 16, 100);
      case 87 -> ampere(48, 16, 164);
      case 89 -> ampere(48, 24, 100);
      case 90, 100, 103 -> ampere(64, 32, 228);
      case 120 -> ampere(48, 24, 100);
      default -> new Multiprocessor(32, 16, 64 * KIBIBYTE, 0, 256);
    };
  }

  private static Multiprocessor ampere(int warps, int blocks, int sharedKibibytes) {
    return new Multiprocessor(warps, blocks, sharedKibibytes * KIBIBYTE, KIBIBYTE, 128);
  }

  /** Shared memory that one block can have, in bytes. */
  public int blockSharedBytes() {
    return sharedBytes - reservedBytes;
  }

  /**
   * How full it is of blocks of one kernel.
   *
   * @param threads of a block
   * @param registers of a thread
   * @param shared bytes of a block, static and dynamic
   */
  public Occupancy occupancy(int threads, int registers, int shared) {
    int blockWarps = up(threads, WARP) / WARP;
    int warpRegisters = up(registers * WARP, REGISTER_STEP);
    int byWarps = warps / blockWarps;
    int byRegisters = PARTITION_REGISTERS / warpRegisters * PARTITIONS / blockWarps;
    // A block's warps go to the partitions in turn; one that needs a turn more than there is does
    // not fit.
    if (PARTITION_REGISTERS / warpRegisters < up(blockWarps, PARTITIONS) / PARTITIONS) {
      byRegisters = 0;
    }
    int bySharedMemory = sharedBytes / Math.max(sharedStep, up(shared + reservedBytes, sharedStep));
    int fit = Math.min(Math.min(byWarps, blocks), Math.min(byRegisters, bySharedMemory));
    String bound =
        fit == byWarps
            ? "warps"
            : fit == byRegisters ? "registers" : fit == bySharedMemory ? "shared memory" : "blocks";
    return new Occupancy(fit, (double) fit * blockWarps / warps, bound);
  }

  private static int up(int number, int step) {
    return (number + step - 1) / step * step;
  }

  /**
   * How full a multiprocessor can be.
   *
   * @param blocks that fit; none if one block needs too much
   * @param share of the warps that could be resident, 0 to 1
   * @param bound what there would have to be more of
   */
  public record Occupancy(int blocks, double share, String bound) {}
}
