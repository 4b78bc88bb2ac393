//! batch_norm: parts of PART rows, each with its own mean and spread; these are joined; then every part is normalised
//! device  opencl cpu
//! let     LEAST C % 16 == 0 ? 1 : C % 8 == 0 ? 2 : C % 4 == 0 ? 4 : C % 2 == 0 ? 8 : 16
//! when    C * LEAST <= 4096
//! tune    PART = 256 64 128 4096
//! default N < 64 * units ? PART = 64
//! default N >= 16384 * units && C <= 4 ? PART = 4096
//! default C >= 256 ? PART = 64
//! default C >= 128 ? PART = 128
//! prefer  C < 16 || N >= 1024 && N * C >= 131072 ? 1 : 0 - 1
//! scratch parts 8 * ceil(N, PART) * C
//! pass    batch_norm_parts
//! grid    ceil(N, PART)
//! pass    batch_norm_join
//! grid    ceil(C, 16)
//! pass    batch_norm_apply
//! grid    ceil(N, PART)
//! note    memory is read in its order, whole vectors whatever C is: rows are taken in runs of a multiple of 16 elements
// SPDX-License-Identifier: Apache-2.0

#include "batch_norm_parts.h"

KERNEL void batch_norm_apply(PARAMS) {
  const int first = (PARTS - 1 - GROUP_X) * PART; // the last rows first: they may still be in a cache
  const int end = first + PART < N ? first + PART : N;
  const int runs = first + (end - first) / RUN_ROWS * RUN_ROWS;
  float16 average_run[WIDE / 16];
  float* average = (float*)average_run;
  float16 scale_run[WIDE / 16];
  float* scale = (float*)scale_run;
  float16 shift_run[WIDE / 16];
  float* shift = (float*)shift_run;
  for (int c = 0; c < C; c++) {
    average[c] = mean[c];
    scale[c] = gamma[c] / sqrt(var[c] + EPSILON);
    shift[c] = beta[c];
  }
  g_repeat(average);
  g_repeat(scale);
  g_repeat(shift);
  for (int n = first; n < runs; n += RUN_ROWS) {
    RUN {
      const float16 d = PROLOGUE_X_RUN16(n * C + 16 * k) - average_run[k];
      const float16 v = fma(d, scale_run[k], shift_run[k]);
      EPILOGUE_RUN16(n * C + 16 * k, v);
    }
  }
  for (int n = runs; n < end; n++) {
    for (int c = 0; c < C; c++) {
      const float v = fma(PROLOGUE_X(n, c) - average[c], scale[c], shift[c]);
      EPILOGUE(n, c, v);
    }
  }
}
