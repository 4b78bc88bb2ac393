//! reduce: a block owns TX outputs; for each, 256 / TX threads walk the rows, then a tree in shared memory joins them
//! device  cuda
//! tune    TX = 32 1 2 4 8 16 64
//! default I == 1 && R >= 1024 ? TX = 1
//! default I == 1 && R >= 128 ? TX = 4
//! default I > 1 && I <= 16 && R >= 256 ? TX = 16
//! grid    ceil(I == 1 ? O : I, TX)  (I == 1 ? 1 : O)
//! block   256
//! note    split wins on few outputs of many rows
// SPDX-License-Identifier: Apache-2.0
#include "reduce.h"

#define TY (256 / TX)

KERNEL void reduce(PARAMS) {
  LOCAL float partial[256];
  const uint item = ITEM_X;
#if I == 1 // neighbours read neighbouring memory: along contiguous rows, else across the columns
  const int ty = item % TY;
  const int tx = item / TY;
  const int o = GROUP_X * TX + tx;
  const int i = 0;
#else
  const int tx = item % TX;
  const int ty = item / TX;
  const int o = GROUP_Y;
  const int i = GROUP_X * TX + tx;
#endif
  const int inside = I == 1 ? o < O : i < I;
  float total = REDUCE_START;
  if (inside) {
    for (int r = ty; r < R; r += TY) {
      total = REDUCE_1(total, PROLOGUE_X(o, r, i));
    }
  }
  partial[ty * TX + tx] = total;
  BARRIER();
#pragma unroll
  for (int h = TY / 2; h > 0; h >>= 1) {
    if (ty < h) {
      const float other = partial[(ty + h) * TX + tx];
      total = REDUCE_1(total, other);
      partial[ty * TX + tx] = total;
    }
    BARRIER();
  }
  if (ty == 0 && inside) {
    EPILOGUE(o, i, total);
  }
}
