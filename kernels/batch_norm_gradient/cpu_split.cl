//! batch_norm_gradient: both sums over parts of PART rows; these are joined; then dx, part by part
//! device  opencl cpu
//! let     LEAST C % 16 == 0 ? 1 : C % 8 == 0 ? 2 : C % 4 == 0 ? 4 : C % 2 == 0 ? 8 : 16
//! when    C * LEAST <= 4096
//! tune    PART = 256 64 128 4096
//! default N < 64 * units ? PART = 64
//! default N >= 16384 * units && C <= 4 ? PART = 4096
//! prefer  C < 16 || N >= 1024 && N * C >= 131072 ? 1 : 0 - 1
//! scratch parts 8 * ceil(N, PART) * C
//! pass    batch_norm_gradient_parts
//! grid    ceil(N, PART)
//! pass    batch_norm_gradient_join
//! grid    ceil(C, 16)
//! pass    batch_norm_gradient_apply
//! grid    ceil(N, PART)
//! note    memory is read in its order, whole vectors whatever C is: rows are taken in runs of a multiple of 16 elements
// SPDX-License-Identifier: Apache-2.0

#include "runs.h"

// parts [PARTS,2,C]: sums of dy, and of dy (x - mean)
#define PARTS ((N + PART - 1) / PART)
#define LANES (C < 16 ? C : 16) // columns joined together

#define COLUMNS _Pragma("unroll") for (int c = 0; c < LANES; c++)

KERNEL void batch_norm_gradient_parts(PARAMS) {
  const int first = GROUP_X * PART;
  const int end = first + PART < N ? first + PART : N;
  const int runs = first + (end - first) / RUN_ROWS * RUN_ROWS;
  GLOBAL float* to = parts + (size_t)GROUP_X * (2 * C);
  float16 average_run[WIDE / 16];
  float* average = (float*)average_run;
  float16 beta_sum_run[WIDE / 16];
  float* beta_sum = (float*)beta_sum_run;
  float16 gamma_sum_run[WIDE / 16];
  float* gamma_sum = (float*)gamma_sum_run;
  for (int c = 0; c < C; c++) {
    average[c] = mean[c];
  }
  g_repeat(average);
  for (int i = 0; i < WIDE; i++) {
    beta_sum[i] = 0.0f;
    gamma_sum[i] = 0.0f;
  }
  for (int n = first; n < runs; n += RUN_ROWS) {
    RUN {
      const float16 d = PROLOGUE_DY_RUN16(n * C + 16 * k);
      const float16 centred = vload16(0, x + (size_t)n * C + 16 * k) - average_run[k];
      beta_sum_run[k] += d;
      gamma_sum_run[k] = fma(d, centred, gamma_sum_run[k]);
    }
  }
  for (int n = runs; n < end; n++) {
    for (int c = 0; c < C; c++) {
      const float d = PROLOGUE_DY(n, c);
      beta_sum[c] += d;
      gamma_sum[c] = fma(d, x[(size_t)n * C + c] - average[c], gamma_sum[c]);
    }
  }
  g_fold(beta_sum);
  g_fold(gamma_sum);
  for (int c = 0; c < C; c++) {
    to[c] = beta_sum[c];
    to[C + c] = gamma_sum[c];
  }
}

KERNEL void batch_norm_gradient_join(PARAMS) {
  const int first = GROUP_X * 16;
  const int col = first < C - LANES ? first : C - LANES;
  float beta_sum[LANES];
  float gamma_sum[LANES];
  COLUMNS {
    beta_sum[c] = 0.0f;
    gamma_sum[c] = 0.0f;
  }
  for (int block = 0; block < PARTS; block += 32) { // 32 at a time, to keep rounding errors small
    const int end = block + 32 < PARTS ? block + 32 : PARTS;
    float beta_some[LANES];
    float gamma_some[LANES];
    COLUMNS {
      beta_some[c] = 0.0f;
      gamma_some[c] = 0.0f;
    }
    for (int p = block; p < end; p++) {
      GLOBAL const float* from = parts + (size_t)p * (2 * C) + col;
      COLUMNS {
        beta_some[c] += from[c];
        gamma_some[c] += from[C + c];
      }
    }
    COLUMNS {
      beta_sum[c] += beta_some[c];
      gamma_sum[c] += gamma_some[c];
    }
  }
  for (int c = first; c < col + LANES; c++) {
    dbeta[c] = beta_sum[c - col];
    dgamma[c] = gamma_sum[c - col] / sqrt(var[c] + EPSILON);
  }
}

KERNEL void batch_norm_gradient_apply(PARAMS) {
  const int first = (PARTS - 1 - GROUP_X) * PART; // the last rows first: they may still be in a cache
  const int end = first + PART < N ? first + PART : N;
  const int runs = first + (end - first) / RUN_ROWS * RUN_ROWS;
  float16 average_run[WIDE / 16];
  float* average = (float*)average_run;
  float16 scale_run[WIDE / 16];
  float* scale = (float*)scale_run;
  float16 slope_run[WIDE / 16];
  float* slope = (float*)slope_run;
  float16 shift_run[WIDE / 16];
  float* shift = (float*)shift_run;
  for (int c = 0; c < C; c++) {
    const float rstd = 1.0f / sqrt(var[c] + EPSILON);
    average[c] = mean[c];
    scale[c] = gamma[c] * rstd;
    slope[c] = rstd * dgamma[c] / (float)N;
    shift[c] = dbeta[c] / (float)N;
  }
  g_repeat(average);
  g_repeat(scale);
  g_repeat(slope);
  g_repeat(shift);
  for (int n = first; n < runs; n += RUN_ROWS) {
    RUN {
      const float16 d = PROLOGUE_DY_RUN16(n * C + 16 * k);
      const float16 centred = vload16(0, x + (size_t)n * C + 16 * k) - average_run[k];
      const float16 v = scale_run[k] * (d - fma(centred, slope_run[k], shift_run[k]));
      EPILOGUE_RUN16(n * C + 16 * k, v);
    }
  }
  for (int n = runs; n < end; n++) {
    for (int c = 0; c < C; c++) {
      const float d = PROLOGUE_DY(n, c);
      const float v = scale[c] * (d - fma(x[(size_t)n * C + c] - average[c], slope[c], shift[c]));
      EPILOGUE(n, c, v);
    }
  }
}
