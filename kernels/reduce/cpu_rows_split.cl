//! reduce: I == 1, few long rows: each row is cut into parts of PART elements; a second pass joins the parts in order
//! device  opencl cpu
//! when    I == 1
//! when    R > PART
//! tune    PART = 8192 2048 32768
//! prefer  R >= 131072 && O < 2 * units ? 1 : 0 - 1
//! scratch parts 4 * O * ceil(R, PART)
//! pass    reduce_parts
//! grid    ceil(R, PART)  O
//! pass    reduce_join
//! grid    O
// SPDX-License-Identifier: Apache-2.0
#include "reduce.h"

// parts [O,PARTS]
#define PARTS ((R + PART - 1) / PART)
#define WAYS 8

KERNEL void reduce_parts(PARAMS) {
  const int part = GROUP_X;
  const int o = GROUP_Y;
  const int end = (part + 1) * PART < R ? (part + 1) * PART : R;
  float16 total[WAYS];
#pragma unroll
  for (int w = 0; w < WAYS; w++) {
    total[w] = (float16)(REDUCE_START);
  }
  int r = part * PART;
  for (; r + 16 * WAYS <= end; r += 16 * WAYS) {
#pragma unroll
    for (int w = 0; w < WAYS; w++) {
      total[w] = REDUCE_16(total[w], PROLOGUE_X16(o, r + 16 * w, 0));
    }
  }
  for (; r + 16 <= end; r += 16) {
    total[0] = REDUCE_16(total[0], PROLOGUE_X16(o, r, 0));
  }
#pragma unroll
  for (int w = WAYS / 2; w > 0; w >>= 1) {
#pragma unroll
    for (int v = 0; v < w; v++) {
      total[v] = REDUCE_16(total[v], total[v + w]);
    }
  }
  float rest = REDUCE_START;
  for (; r < end; r++) {
    rest = REDUCE_1(rest, PROLOGUE_X(o, r, 0));
  }
  parts[o * PARTS + part] = REDUCE_1(g_reduce_lanes(total[0]), rest);
}

KERNEL void reduce_join(PARAMS) {
  const int o = GROUP_X;
  float total = REDUCE_START;
  for (int block = 0; block < PARTS; block += 32) { // 32 at a time, to keep rounding errors small
    float some = REDUCE_START;
    for (int part = block; part < block + 32 && part < PARTS; part++) {
      some = REDUCE_1(some, parts[o * PARTS + part]);
    }
    total = REDUCE_1(total, some);
  }
  EPILOGUE(o, 0, total);
}
