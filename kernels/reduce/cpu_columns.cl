//! reduce: each work-item owns 16 * STRIP columns and walks down all rows
//! device  opencl cpu
//! when    I >= 16
//! tune    STRIP = 2 1 4 8
//! default O * I <= 64 * units ? STRIP = 1
//! grid    ceil(I, 16 * STRIP)  O
//! note    cpu_columns_split wins where the rows are many and the columns few
// SPDX-License-Identifier: Apache-2.0
#include "reduce.h"

#define BLOCK 64 // rows summed on their own, so that rounding errors grow with R / 64 + 64 instead of R

KERNEL void reduce(PARAMS) {
  const int o = GROUP_Y;
  const int first = GROUP_X * (16 * STRIP);
  int col[STRIP]; // a vector that would stick out at the right starts further left
  float16 total[STRIP];
#pragma unroll
  for (int s = 0; s < STRIP; s++) {
    col[s] = first + 16 * s < I - 16 ? first + 16 * s : I - 16;
    total[s] = (float16)(REDUCE_START);
  }
  for (int block = 0; block < R; block += BLOCK) {
    const int end = block + BLOCK < R ? block + BLOCK : R;
    float16 part[STRIP];
#pragma unroll
    for (int s = 0; s < STRIP; s++) {
      part[s] = (float16)(REDUCE_START);
    }
    for (int r = block; r < end; r++) {
#pragma unroll
      for (int s = 0; s < STRIP; s++) {
        part[s] = REDUCE_16(part[s], PROLOGUE_X16(o, r, col[s]));
      }
    }
#pragma unroll
    for (int s = 0; s < STRIP; s++) {
      total[s] = REDUCE_16(total[s], part[s]);
    }
  }
#pragma unroll
  for (int s = 0; s < STRIP; s++) {
    const int from = first + 16 * s;
    if (from + 16 <= I) {
      EPILOGUE16(o, from, total[s]);
    } else if (from < I) {
      float lane[16];
      vstore16(total[s], 0, lane);
      for (int i = from; i < I; i++) {
        EPILOGUE(o, i, lane[i - col[s]]);
      }
    }
  }
}
