//! reduce: I == 1, so a row is contiguous; each work-item takes whole rows, 16 lanes times 4 running totals
//! device  opencl cpu
//! when    I == 1
//! tune    CHUNK = 4096 1024 16384
//! grid    ceil(O, max(1, CHUNK / R))
//! note    cpu_rows_split wins on few long rows
// SPDX-License-Identifier: Apache-2.0
#include "reduce.h"

// Rows are read in blocks of 4096: 64 additions a lane and block, whatever the length of the row.
#define BLOCK 4096
#define WAYS 4

KERNEL void reduce(PARAMS) {
  const int step = CHUNK / R > 1 ? CHUNK / R : 1;
  const int first = GROUP_X * step;
  const int end = first + step < O ? first + step : O;
  for (int o = first; o < end; o++) {
    float16 total = (float16)(REDUCE_START);
    for (int block = 0; block + 16 <= R; block += BLOCK) {
      const int block_end = block + BLOCK < R ? block + BLOCK : R;
      float16 part[WAYS] = {(float16)(REDUCE_START), (float16)(REDUCE_START), (float16)(REDUCE_START),
                            (float16)(REDUCE_START)};
      int r = block;
      for (; r + 16 * WAYS <= block_end; r += 16 * WAYS) {
#pragma unroll
        for (int w = 0; w < WAYS; w++) {
          part[w] = REDUCE_16(part[w], PROLOGUE_X16(o, r + 16 * w, 0));
        }
      }
      for (; r + 16 <= block_end; r += 16) {
        part[0] = REDUCE_16(part[0], PROLOGUE_X16(o, r, 0));
      }
      part[0] = REDUCE_16(part[0], part[1]);
      part[2] = REDUCE_16(part[2], part[3]);
      total = REDUCE_16(total, REDUCE_16(part[0], part[2]));
    }
    float rest = REDUCE_START;
    for (int r = R - R % 16; r < R; r++) {
      rest = REDUCE_1(rest, PROLOGUE_X(o, r, 0));
    }
#if R >= 16
    rest = REDUCE_1(g_reduce_lanes(total), rest);
#endif
    EPILOGUE(o, 0, rest);
  }
}
