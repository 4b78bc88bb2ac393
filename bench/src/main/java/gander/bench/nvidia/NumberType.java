// SPDX-License-Identifier: Apache-2.0
package gander.bench.nvidia;

import gander.runtime.MathMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** In which type numbers are stored; sums are single precision in each. */
enum NumberType {
  FLOAT(4, 0, 0),
  BF16(2, 14, 9);

  final int bytes;

  /** Of {@code cudaDataType}: {@code CUDA_R_32F}, {@code CUDA_R_16BF}. */
  final int cuda;

  /** Of {@code cudnnDataType_t}: {@code CUDNN_DATA_FLOAT}, {@code CUDNN_DATA_BFLOAT16}. */
  final int cudnn;

  NumberType(int bytes, int cuda, int cudnn) {
    this.bytes = bytes;
    this.cuda = cuda;
    this.cudnn = cudnn;
  }

  static NumberType of(MathMode math) {
    return math == MathMode.BF16 ? BF16 : FLOAT;
  }

  /** Standard normal numbers, the same each time; those of BF16 are cut off. */
  MemorySegment normal(Arena arena, int count) {
    MemorySegment numbers = arena.allocate((long) count * bytes, Float.BYTES);
    var random = new Random(1);
    for (int i = 0; i < count; i++) {
      float number = (float) random.nextGaussian();
      if (this == FLOAT) {
        numbers.setAtIndex(ValueLayout.JAVA_FLOAT, i, number);
      } else {
        short upper = (short) (Float.floatToRawIntBits(number) >>> 16);
        numbers.setAtIndex(ValueLayout.JAVA_SHORT, i, upper);
      }
    }
    return numbers;
  }
}
