// SPDX-License-Identifier: Apache-2.0
// The two passes that make batch norm's mean [C] and var [C] of x [N,C], for OpenCL CPU devices: sums over parts of PART
// rows, which lie in the scratch buffer parts, and their join.
#ifndef GANDER_BATCH_NORM_PARTS_H
#define GANDER_BATCH_NORM_PARTS_H

#include "runs.h"

// parts [PARTS,2,C]: sums of x - x[0], and sums of squared differences from the part's own mean. Joining them (Chan,
// Golub and LeVeque) is as accurate as two passes over everything, since the first row takes a large common mean out.
// In a part, differences are taken from the mean of its first HEAD rows, so that one walk gives both sums. The squares'
// correction, sum(d)^2 / rows, is then less than rows / HEAD times what remains, so no more digits than those are lost.
#define PARTS ((N + PART - 1) / PART)
#define HEAD (PART / 8 < RUN_ROWS ? RUN_ROWS : PART / 8)
#define LANES (C < 16 ? C : 16) // columns joined together

#define COLUMNS _Pragma("unroll") for (int c = 0; c < LANES; c++)

KERNEL void batch_norm_parts(PARAMS) {
  const int first = GROUP_X * PART;
  const int end = first + PART < N ? first + PART : N;
  const int head = first + HEAD < end ? first + HEAD : end;
  int n = first;
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
  for (; n + RUN_ROWS <= head; n += RUN_ROWS) {
    RUN { sum_run[k] += PROLOGUE_X_RUN16(n * C + 16 * k) - middle_run[k]; }
  }
  for (; n < head; n++) {
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
  for (n = first; n + RUN_ROWS <= end; n += RUN_ROWS) {
    RUN {
      const float16 d = PROLOGUE_X_RUN16(n * C + 16 * k) - middle_run[k];
      sum_run[k] += d;
      square_run[k] = fma(d, d, square_run[k]);
    }
  }
  for (; n < end; n++) {
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

#endif
