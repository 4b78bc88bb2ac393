//! batch_norm: parts of PART rows, each with its own mean and spread; these are joined; then every part is normalised
//! device  cuda
//! when    ceil(N, PART) <= 65535
//! tune    TX = 32 1 4 16   PART = 512 128 256 2048
//! default C <= 1 ? TX = 1 PART = 2048
//! default C <= 4 ? TX = 4 PART = 2048
//! default C <= 16 ? TX = 16
//! default C > 16 && N <= 32768 ? PART = 128
//! prefer  N >= 2048 && ceil(C, 8) < units ? 1 : 0 - 1
//! scratch parts 8 * ceil(N, PART) * C
//! pass    batch_norm_parts
//! grid    ceil(C, TX)  ceil(N, PART)
//! block   256
//! pass    batch_norm_join
//! grid    ceil(C, TX)
//! block   256
//! pass    batch_norm_apply
//! grid    ceil(C, TX)  ceil(N, PART)
//! block   256
// SPDX-License-Identifier: Apache-2.0

#include "column_tree.h"

// parts [PARTS,2,C]: sums of x - x[0], and sums of squared differences from the part's own mean. Joining them (Chan,
// Golub and LeVeque) is as accurate as two passes over everything, since the first row takes a large common mean out.
#define PARTS ((N + PART - 1) / PART)
#define TY (256 / TX)

KERNEL void batch_norm_parts(PARAMS) {
  LOCAL float partial[256];
  const int item = ITEM_X;
  const int ty = item / TX;
  const int tx = item - ty * TX;
  const int c = GROUP_X * TX + tx;
  const int first = GROUP_Y * PART;
  const int end = first + PART < N ? first + PART : N;
  float base = 0.0f;
  float sum = 0.0f;
  if (c < C) {
    base = PROLOGUE_X(0, c);
    for (int n = first + ty; n < end; n += TY) {
      sum += PROLOGUE_X(n, c) - base;
    }
  }
  SUM_COLUMNS(partial, sum, tx, TX)
  const float average = sum / (float)(end - first);
  float spread = 0.0f;
  if (c < C) {
    for (int n = first + ty; n < end; n += TY) {
      const float d = PROLOGUE_X(n, c) - base - average;
      spread = g_fma_1(d, d, spread);
    }
  }
  SUM_COLUMNS(partial, spread, tx, TX)
  if (c < C && ty == 0) {
    parts[(size_t)GROUP_Y * (2 * C) + c] = sum;
    parts[(size_t)GROUP_Y * (2 * C) + C + c] = spread;
  }
}

KERNEL void batch_norm_join(PARAMS) {
  LOCAL float partial[256];
  const int item = ITEM_X;
  const int ty = item / TX;
  const int tx = item - ty * TX;
  const int c = GROUP_X * TX + tx;
  float sum = 0.0f;
  if (c < C) {
    for (int p = ty; p < PARTS; p += TY) {
      sum += parts[(size_t)p * (2 * C) + c];
    }
  }
  SUM_COLUMNS(partial, sum, tx, TX)
  float spread = 0.0f;
  if (c < C) {
    for (int p = ty; p < PARTS; p += TY) {
      const float rows = p == PARTS - 1 ? N - (PARTS - 1) * PART : PART;
      const float d = parts[(size_t)p * (2 * C) + c] / rows - sum / (float)N;
      spread += g_fma_1(rows * d, d, parts[(size_t)p * (2 * C) + C + c]);
    }
  }
  SUM_COLUMNS(partial, spread, tx, TX)
  if (c < C && ty == 0) {
    mean[c] = PROLOGUE_X(0, c) + sum / (float)N;
    var[c] = spread / (float)N;
  }
}

KERNEL void batch_norm_apply(PARAMS) {
  const int item = ITEM_X;
  const int ty = item / TX;
  const int tx = item - ty * TX;
  const int c = GROUP_X * TX + tx;
  const int first = GROUP_Y * PART;
  const int end = first + PART < N ? first + PART : N;
  if (c < C) {
    const float average = mean[c];
    const float scale = gamma[c] / g_sqrt_1(var[c] + EPSILON);
    const float shift = beta[c];
    for (int n = first + ty; n < end; n += TY) {
      const float v = g_fma_1(PROLOGUE_X(n, c) - average, scale, shift);
      EPILOGUE(n, c, v);
    }
  }
}
