//! reduce: fewer than 16 columns: one work-item an outer index keeps the totals of all columns
//! device  opencl cpu
//! when    I > 1 && I < 16
//! grid    O
//! note    cpu_columns_split wins where the rows are many
// SPDX-License-Identifier: Apache-2.0
#include "reduce.h"

#define BLOCK 64 // rows summed on their own, so that rounding errors grow with R / 64 + 64 instead of R

KERNEL void reduce(PARAMS) {
  const int o = GROUP_X;
  float total[I];
#pragma unroll
  for (int i = 0; i < I; i++) {
    total[i] = REDUCE_START;
  }
  for (int block = 0; block < R; block += BLOCK) {
    const int end = block + BLOCK < R ? block + BLOCK : R;
    float part[I];
#pragma unroll
    for (int i = 0; i < I; i++) {
      part[i] = REDUCE_START;
    }
    for (int r = block; r < end; r++) {
#pragma unroll
      for (int i = 0; i < I; i++) {
        part[i] = REDUCE_1(part[i], PROLOGUE_X(o, r, i));
      }
    }
#pragma unroll
    for (int i = 0; i < I; i++) {
      total[i] = REDUCE_1(total[i], part[i]);
    }
  }
  for (int i = 0; i < I; i++) {
    EPILOGUE(o, i, total[i]);
  }
}
