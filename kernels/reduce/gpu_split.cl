//! reduce: as gpu_tree, but the rows are first cut into parts of PART rows, a group each; a second pass joins the parts
//! device  opencl gpu
//! when    R > PART
//! tune    TX = 32 1 4 16   PART = 1024 256 4096 16384
//! default I == 1 && R >= 1048576 ? TX = 1 PART = 16384
//! default I == 1 ? TX = 1 PART = 4096
//! default I <= 4 ? TX = 4
//! default I <= 16 ? TX = 16
//! prefer  R >= 2048 && ceil(O * I, TX) < units ? 1 : 0 - 1
//! scratch parts 4 * O * ceil(R, PART) * I
//! pass    reduce_parts
//! grid    ceil(I == 1 ? O : I, TX)  (I == 1 ? 1 : O)  ceil(R, PART)
//! block   256
//! pass    reduce_join
//! grid    ceil(I == 1 ? O : I, TX)  (I == 1 ? 1 : O)
//! block   256
// SPDX-License-Identifier: Apache-2.0
#include "reduce.h"

// parts [O,PARTS,I]
#define PARTS ((R + PART - 1) / PART)
#define TY (256 / TX)

#if I == 1 // neighbours read neighbouring memory: along contiguous rows, else across the columns
#define FIND_ITEM(item)                \
  const int ty = (item) % TY;          \
  const int tx = (item) / TY;          \
  const int o = GROUP_X * TX + tx;     \
  const int i = 0;
#else
#define FIND_ITEM(item)                \
  const int tx = (item) % TX;          \
  const int ty = (item) / TX;          \
  const int o = GROUP_Y;               \
  const int i = GROUP_X * TX + tx;
#endif

// Joins the totals of the work-items with the same tx; the one with ty == 0 then has the sum.
#define JOIN_TREE(partial, total)                            \
  partial[ty * TX + tx] = total;                             \
  BARRIER();                                                 \
  for (int h = TY / 2; h > 0; h >>= 1) {                     \
    if (ty < h) {                                            \
      const float other = partial[(ty + h) * TX + tx];       \
      total = REDUCE_1(total, other);                        \
      partial[ty * TX + tx] = total;                         \
    }                                                        \
    BARRIER();                                               \
  }

KERNEL void reduce_parts(PARAMS) {
  LOCAL float partial[256];
  const uint item = ITEM_X;
  FIND_ITEM(item)
  const int part = GROUP_Z;
  const int end = (part + 1) * PART < R ? (part + 1) * PART : R;
  const int inside = I == 1 ? o < O : i < I;
  float total = REDUCE_START;
  if (inside) {
    for (int r = part * PART + ty; r < end; r += TY) {
      total = REDUCE_1(total, PROLOGUE_X(o, r, i));
    }
  }
  JOIN_TREE(partial, total)
  if (ty == 0 && inside) {
    parts[((size_t)o * PARTS + part) * I + i] = total;
  }
}

KERNEL void reduce_join(PARAMS) {
  LOCAL float partial[256];
  const uint item = ITEM_X;
  FIND_ITEM(item)
  const int inside = I == 1 ? o < O : i < I;
  float total = REDUCE_START;
  if (inside) {
    for (int p = ty; p < PARTS; p += TY) {
      total = REDUCE_1(total, parts[((size_t)o * PARTS + p) * I + i]);
    }
  }
  JOIN_TREE(partial, total)
  if (ty == 0 && inside) {
    EPILOGUE(o, i, total);
  }
}
