//! batch_norm_gradient: both sums over parts of PART rows; these are joined; then dx, part by part
//! device  cuda
//! when    ceil(N, PART) <= 65535
//! tune    TX = 32 1 4 16   PART = 512 128 256 2048
//! default C <= 1 ? TX = 1 PART = 2048
//! default C <= 4 ? TX = 4 PART = 2048
//! default C <= 16 ? TX = 16
//! default C > 16 && N <= 32768 ? PART = 128
//! prefer  N >= 2048 && ceil(C, 8) < units ? 1 : 0 - 1
//! scratch parts 8 * ceil(N, PART) * C
//! pass    batch_norm_gradient_parts
//! grid    ceil(C, TX)  ceil(N, PART)
//! block   256
//! pass    batch_norm_gradient_join
//! grid    ceil(C, TX)
//! block   256
//! pass    batch_norm_gradient_apply
//! grid    ceil(C, TX)  ceil(N, PART)
//! block   256
// SPDX-License-Identifier: Apache-2.0

#include "column_tree.h"

// parts [PARTS,2,C]: sums of dy, and of dy (x - mean)
#define PARTS ((N + PART - 1) / PART)
#define TY (256 / TX)

KERNEL void batch_norm_gradient_parts(PARAMS) {
  LOCAL float partial[256];
  const int item = ITEM_X;
  const int ty = item / TX;
  const int tx = item - ty * TX;
  const int c = GROUP_X * TX + tx;
  const int first = GROUP_Y * PART;
  const int end = first + PART < N ? first + PART : N;
  float beta_sum = 0.0f;
  float gamma_sum = 0.0f;
  if (c < C) {
    const float average = mean[c];
    for (int n = first + ty; n < end; n += TY) {
      const float d = PROLOGUE_DY(n, c);
      beta_sum += d;
      gamma_sum = g_fma_1(d, x[(size_t)n * C + c] - average, gamma_sum);
    }
  }
  SUM_COLUMNS(partial, beta_sum, tx, TX)
  SUM_COLUMNS(partial, gamma_sum, tx, TX)
  if (c < C && ty == 0) {
    parts[(size_t)GROUP_Y * (2 * C) + c] = beta_sum;
    parts[(size_t)GROUP_Y * (2 * C) + C + c] = gamma_sum;
  }
}

KERNEL void batch_norm_gradient_join(PARAMS) {
  LOCAL float partial[256];
  const int item = ITEM_X;
  const int ty = item / TX;
  const int tx = item - ty * TX;
  const int c = GROUP_X * TX + tx;
  float beta_sum = 0.0f;
  float gamma_sum = 0.0f;
  if (c < C) {
    for (int p = ty; p < PARTS; p += TY) {
      beta_sum += parts[(size_t)p * (2 * C) + c];
      gamma_sum += parts[(size_t)p * (2 * C) + C + c];
    }
  }
  SUM_COLUMNS(partial, beta_sum, tx, TX)
  SUM_COLUMNS(partial, gamma_sum, tx, TX)
  if (c < C && ty == 0) {
    dbeta[c] = beta_sum;
    dgamma[c] = gamma_sum / g_sqrt_1(var[c] + EPSILON);
  }
}

KERNEL void batch_norm_gradient_apply(PARAMS) {
  const int item = ITEM_X;
  const int ty = item / TX;
  const int tx = item - ty * TX;
  const int c = GROUP_X * TX + tx;
  const int first = GROUP_Y * PART;
  const int end = first + PART < N ? first + PART : N;
  if (c < C) {
    const float average = mean[c];
    const float rstd = 1.0f / g_sqrt_1(var[c] + EPSILON);
    const float scale = gamma[c] * rstd;
    const float slope = rstd * dgamma[c] / (float)N;
    const float shift = dbeta[c] / (float)N;
    for (int n = first + ty; n < end; n += TY) {
      const float d = PROLOGUE_DY(n, c);
      const float v = scale * (d - g_fma_1(x[(size_t)n * C + c] - average, slope, shift));
      EPILOGUE(n, c, v);
    }
  }
}
