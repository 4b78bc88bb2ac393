//! batch_norm_gradient: a block owns TX columns; 256 / TX threads walk down each, twice: both sums, then dx
//! device  cuda
//! tune    TX = 32 1 2 4 8 16
//! default C <= 1 ? TX = 1
//! default C <= 4 ? TX = 4
//! default C <= 128 ? TX = 8
//! grid    ceil(C, TX)
//! block   256
//! note    split wins where the rows are many and the columns few
// SPDX-License-Identifier: Apache-2.0

#include "column_tree.h"

// With xhat = (x - mean) / sqrt(var + EPSILON): dbeta = sum dy, dgamma = sum dy xhat and
// dx = gamma / sqrt(var + EPSILON) (dy - (dbeta + xhat dgamma) / N).
#define TY (256 / TX)

KERNEL void batch_norm_gradient(PARAMS) {
  LOCAL float partial[256];
  const int item = ITEM_X;
  const int ty = item / TX;
  const int tx = item - ty * TX;
  const int c = GROUP_X * TX + tx;
  float average = 0.0f;
  float rstd = 0.0f;
  float beta_sum = 0.0f;
  float gamma_sum = 0.0f;
  if (c < C) {
    average = mean[c];
    rstd = 1.0f / g_sqrt_1(var[c] + EPSILON);
    for (int n = ty; n < N; n += TY) {
      const float d = PROLOGUE_DY(n, c);
      beta_sum += d;
      gamma_sum = g_fma_1(d, x[(size_t)n * C + c] - average, gamma_sum);
    }
  }
  SUM_COLUMNS(partial, beta_sum, tx, TX)
  SUM_COLUMNS(partial, gamma_sum, tx, TX)
  gamma_sum *= rstd;
  if (c < C) {
    const float scale = gamma[c] * rstd;
    const float slope = rstd * gamma_sum / (float)N;
    const float shift = beta_sum / (float)N;
    for (int n = ty; n < N; n += TY) {
      const float d = PROLOGUE_DY(n, c);
      const float v = scale * (d - g_fma_1(x[(size_t)n * C + c] - average, slope, shift));
      EPILOGUE(n, c, v);
    }
    if (ty == 0) {
      dgamma[c] = gamma_sum;
      dbeta[c] = beta_sum;
    }
  }
}
