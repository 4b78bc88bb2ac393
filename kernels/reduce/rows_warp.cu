//! reduce: I == 1: a warp takes a row, reads it 16 bytes a thread and joins by shuffles; no shared memory, no barrier
//! device  cuda
//! when    I == 1
//! tune    WARPS = 4 8 1
//! prefer  R >= 32 && O >= 4 * units ? 1 : 0 - 1
//! grid    ceil(O, WARPS)
//! block   32 * WARPS
// SPDX-License-Identifier: Apache-2.0
#include "reduce.h"

KERNEL void reduce(PARAMS) {
  const int lane = ITEM_X % 32;
  const int o = GROUP_X * WARPS + ITEM_X / 32;
  float total = REDUCE_START;
  if (o < O) {
#if PLAIN_X && R % 4 == 0
    const float4* row = (const float4*)(x + (size_t)o * R);
    for (int q = lane; q < R / 4; q += 32) {
      const float4 v = row[q];
      float low = REDUCE_1(v.x, v.y);
      float high = REDUCE_1(v.z, v.w);
      float four = REDUCE_1(low, high);
      total = REDUCE_1(total, four);
    }
#else
    for (int r = lane; r < R; r += 32) {
      total = REDUCE_1(total, PROLOGUE_X(o, r, 0));
    }
#endif
  }
#pragma unroll
  for (int distance = 16; distance > 0; distance >>= 1) {
    const float other = __shfl_xor_sync(0xffffffffu, total, distance);
    total = REDUCE_1(total, other);
  }
  if (lane == 0 && o < O) {
    EPILOGUE(o, 0, total);
  }
}
