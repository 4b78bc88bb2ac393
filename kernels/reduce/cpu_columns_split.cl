//! reduce: the rows are cut into parts of PART rows, one work-item each; a second pass joins the parts in order
//! device  opencl cpu
//! when    I > 1
//! when    R > PART
//! tune    PART = 128 32 512
//! prefer  R >= 512 && R * I >= 262144 && O < 4 * units ? 1 : 0 - 1
//! scratch parts 4 * O * ceil(R, PART) * I
//! pass    reduce_parts
//! grid    ceil(R, PART)  O
//! pass    reduce_join
//! grid    ceil(I, 16)  O
// SPDX-License-Identifier: Apache-2.0
#include "reduce.h"

// parts [O,PARTS,I]
#define PARTS ((R + PART - 1) / PART)
#define STRIP (I < 32 ? 1 : I < 64 ? 2 : I < 128 ? 4 : 8) // vectors of one row read together, for long reads
#define WAYS (I < 4 ? 4 : 2) // running totals of a narrow column
#define LANES (I < 16 ? I : 16)

KERNEL void reduce_parts(PARAMS) {
  const int part = GROUP_X;
  const int o = GROUP_Y;
  const int first = part * PART;
  const int end = first + PART < R ? first + PART : R;
  GLOBAL float* to = parts + ((size_t)o * PARTS + part) * I;
#if I >= 16
  for (int strip = 0; strip < I; strip += 16 * STRIP) {
    int col[STRIP]; // a vector that would stick out at the right starts further left
    float16 total[STRIP];
#pragma unroll
    for (int s = 0; s < STRIP; s++) {
      col[s] = strip + 16 * s < I - 16 ? strip + 16 * s : I - 16;
      total[s] = (float16)(REDUCE_START);
    }
    for (int r = first; r < end; r++) {
#pragma unroll
      for (int s = 0; s < STRIP; s++) {
        total[s] = REDUCE_16(total[s], PROLOGUE_X16(o, r, col[s]));
      }
    }
#pragma unroll
    for (int s = 0; s < STRIP; s++) {
      vstore16(total[s], 0, to + col[s]);
    }
  }
#else
  float total[WAYS * I];
#pragma unroll
  for (int t = 0; t < WAYS * I; t++) {
    total[t] = REDUCE_START;
  }
  int r = first;
  for (; r + WAYS <= end; r += WAYS) {
#pragma unroll
    for (int t = 0; t < WAYS * I; t++) {
      const int row = r + t / I;
      const int i = t % I;
      total[t] = REDUCE_1(total[t], PROLOGUE_X(o, row, i));
    }
  }
  for (; r < end; r++) {
#pragma unroll
    for (int i = 0; i < I; i++) {
      total[i] = REDUCE_1(total[i], PROLOGUE_X(o, r, i));
    }
  }
#pragma unroll
  for (int i = 0; i < I; i++) {
    float joined = total[i];
#pragma unroll
    for (int w = 1; w < WAYS; w++) {
      joined = REDUCE_1(joined, total[w * I + i]);
    }
    to[i] = joined;
  }
#endif
}

KERNEL void reduce_join(PARAMS) {
  const int first = GROUP_X * 16;
  const int col = first < I - LANES ? first : I - LANES;
  const int o = GROUP_Y;
  GLOBAL const float* from = parts + (size_t)o * PARTS * I + col;
  float total[LANES];
#pragma unroll
  for (int i = 0; i < LANES; i++) {
    total[i] = REDUCE_START;
  }
  for (int block = 0; block < PARTS; block += 32) { // 32 at a time, to keep rounding errors small
    const int end = block + 32 < PARTS ? block + 32 : PARTS;
    float some[LANES];
#pragma unroll
    for (int i = 0; i < LANES; i++) {
      some[i] = REDUCE_START;
    }
    for (int p = block; p < end; p++) {
#pragma unroll
      for (int i = 0; i < LANES; i++) {
        some[i] = REDUCE_1(some[i], from[(size_t)p * I + i]);
      }
    }
#pragma unroll
    for (int i = 0; i < LANES; i++) {
      total[i] = REDUCE_1(total[i], some[i]);
    }
  }
  for (int i = first; i < col + LANES; i++) {
    EPILOGUE(o, i, total[i - col]);
  }
}
