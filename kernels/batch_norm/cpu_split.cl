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

#include "runs.h"

// parts [PARTS,2,C]: sums of x - x[0], and sums of squared differences from the part's own mean. Joining them (Chan,
// Golub and LeVeque) is as accurate as two passes over everything, since the first row takes a large common mean out.
// In a part, differences are taken from the mean of its first HEAD rows, so that one walk gives both sums. The squares'
// correction, sum(d)^2 / rows, is then less than rows / HEAD times what remains, so no more digits than those are lost.
#define PARTS ((N + PART - 1) / PART)
#define HEAD (PART / 8 < RUN_ROWS ? RUN_ROWS : PART / 8)
#define LANES (C < 16 ? C : 16) // columns joined together

#define COLUMNS _Pragma("unroll") for (int c = 0; c < LANES; c++)
#define RUN _Pragma("unroll") for (int k = 0; k < WIDE / 16; k++)

KERNEL void batch_norm_parts(PARAMS) {
  const int first = GROUP_X * PART;
  const int end = first + PART < N ? first + PART : N;
  const int head = first + HEAD < end ? first + HEAD : end;
  const int runs = first + (end - first) / RUN_ROWS * RUN_ROWS;
  GLOBAL float* to = parts + (size_t)GROUP_X * (2 * C);
  float16 middle_run[WIDE / 16];
  float16 sum_run[WIDE / 16];
  float16 square_run[WIDE / 16];
  float* middle = (float*)middle_run;
  float* sum = (float*)sum_run;
  float* square = (float*)square_run;
  for (int c = 0; c < C; c++) {
    middle[c] = PROLOGUE_X(0, c);
  }
  g_repeat(middle);
  RUN {
    sum_run[k] = (float16)(0.0f);
    square_run[k] = (float16)(0.0f);
  }
  for (int n = first; n + RUN_ROWS <= head; n += RUN_ROWS) {
    RUN { sum_run[k] += PROLOGUE_X_RUN16(n * C + 16 * k) - middle_run[k]; }
  }
  for (int n = head - (head - first) % RUN_ROWS; n < head; n++) {
    for (int c = 0; c < C; c++) {
      sum[c] += PROLOGUE_X(n, c) - middle[c];
    }
  }
  g_fold(sum);
  for (int c = 0; c < C; c++) {
    middle[c] += sum[c] / (float)(head - first);
  }
  g_repeat(middle);
  RUN { sum_run[k] = (float16)(0.0f); }
  for (int n = first; n < runs; n += RUN_ROWS) {
    RUN {
      const float16 d = PROLOGUE_X_RUN16(n * C + 16 * k) - middle_run[k];
      sum_run[k] += d;
      square_run[k] = fma(d, d, square_run[k]);
    }
  }
  for (int n = runs; n < end; n++) {
    for (int c = 0; c < C; c++) {
      const float d = PROLOGUE_X(n, c) - middle[c];
      sum[c] += d;
      square[c] = fma(d, d, square[c]);
    }
  }
  g_fold(sum);
  g_fold(square);
  const float rows = end - first;
  for (int c = 0; c < C; c++) {
    to[c] = fma(rows, middle[c] - PROLOGUE_X(0, c), sum[c]);
    to[C + c] = max(square[c] - sum[c] * sum[c] / rows, 0.0f);
  }
}

KERNEL void batch_norm_join(PARAMS) {
  const int first = GROUP_X * 16;
  const int col = first < C - LANES ? first : C - LANES;
  float sum[LANES];
  float spread[LANES];
  COLUMNS {
    sum[c] = 0.0f;
    spread[c] = 0.0f;
  }
  for (int block = 0; block < PARTS; block += 32) { // 32 at a time, to keep rounding errors small
    const int end = block + 32 < PARTS ? block + 32 : PARTS;
    float some[LANES];
    COLUMNS { some[c] = 0.0f; }
    for (int p = block; p < end; p++) {
      COLUMNS { some[c] += parts[(size_t)p * (2 * C) + col + c]; }
    }
    COLUMNS { sum[c] += some[c]; }
  }
  for (int block = 0; block < PARTS; block += 32) {
    const int end = block + 32 < PARTS ? block + 32 : PARTS;
    float some[LANES];
    COLUMNS { some[c] = 0.0f; }
    for (int p = block; p < end; p++) {
      GLOBAL const float* from = parts + (size_t)p * (2 * C) + col;
      const float rows = p == PARTS - 1 ? N - (PARTS - 1) * PART : PART;
      COLUMNS {
        const float d = from[c] / rows - sum[c] / N;
        some[c] += fma(rows * d, d, from[C + c]);
      }
    }
    COLUMNS { spread[c] += some[c]; }
  }
  for (int c = first; c < col + LANES; c++) {
    mean[c] = PROLOGUE_X(0, c) + sum[c - col] / N;
    var[c] = spread[c - col] / N;
  }
}

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
