//! batch_norm: a group owns TX columns; 256 / TX work-items walk down each, thrice: mean, variance, result
//! device  opencl gpu
//! tune    TX = 32 1 2 4 8 16
//! default C <= 1 ? TX = 1
//! default C <= 4 ? TX = 4
//! default C <= 128 ? TX = 8
//! grid    ceil(C, TX)
//! block   256
//! note    gpu_split wins where the rows are many and the columns few
// SPDX-License-Identifier: Apache-2.0

#include "column_tree.h"

#define TY (256 / TX)

KERNEL void batch_norm(PARAMS) {
  LOCAL float partial[256];
  const int item = ITEM_X;
  const int ty = item / TX;
  const int tx = item - ty * TX;
  const int c = GROUP_X * TX + tx;
  float average = 0.0f;
  if (c < C) {
    for (int n = ty; n < N; n += TY) {
      average += PROLOGUE_X(n, c);
    }
  }
  SUM_COLUMNS(partial, average, tx, TX)
  average /= (float)N;
  float spread = 0.0f;
  if (c < C) {
    for (int n = ty; n < N; n += TY) {
      const float d = PROLOGUE_X(n, c) - average;
      spread = g_fma_1(d, d, spread);
    }
  }
  SUM_COLUMNS(partial, spread, tx, TX)
  spread /= (float)N;
  if (c < C) {
    const float scale = gamma[c] / g_sqrt_1(spread + EPSILON);
    const float shift = beta[c];
    for (int n = ty; n < N; n += TY) {
      const float v = g_fma_1(PROLOGUE_X(n, c) - average, scale, shift);
      EPILOGUE(n, c, v);
    }
    if (ty == 0) {
      mean[c] = average;
      var[c] = spread;
    }
  }
}
