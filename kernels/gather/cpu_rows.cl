//! gather: a work-item copies a piece of one row of the table, or several short rows
//! device  opencl cpu
//! tune    CHUNK = 2048 1024 8192
//! grid    ceil(W, CHUNK)  ceil(N, max(1, CHUNK / W))
// SPDX-License-Identifier: Apache-2.0
#include "copy.h"

KERNEL void gather(GLOBAL const float* RESTRICT table, GLOBAL const float* RESTRICT index, GLOBAL float* RESTRICT y) {
#if W <= CHUNK // constant bounds
  const int first = 0;
  const int count = W;
  const int step = CHUNK / W;
#else
  const int first = GROUP_X * CHUNK;
  const int count = first + CHUNK < W ? CHUNK : W - first;
  const int step = 1;
#endif
  const int first_row = GROUP_Y * step;
  const int end_row = first_row + step < N ? first_row + step : N;
  for (int n = first_row; n < end_row; n++) {
    const float at = index[n];
    GLOBAL float* to = y + (size_t)n * W + first;
    if (at >= 0.0f && at < (float)R) {
      g_copy(to, table + (size_t)(int)at * W + first, count);
    } else { // outside the table, NaN included
      g_fill(to, g_float_1(0x7fc00000), count);
    }
  }
}
