//! concat: one o is a contiguous run of a, then one of b; a work-item writes a piece of that, or the whole of several o
//! device  opencl cpu
//! tune    CHUNK = 4096 1024 16384
//! grid    ceil((RA + RB) * I, CHUNK)  ceil(O, max(1, CHUNK / ((RA + RB) * I)))
// SPDX-License-Identifier: Apache-2.0
#include "copy.h"

#define RUN_A (RA * I)
#define RUN_B (RB * I)
#define WIDTH (RUN_A + RUN_B)

KERNEL void concat(GLOBAL const float* RESTRICT a, GLOBAL const float* RESTRICT b, GLOBAL float* RESTRICT y) {
#if WIDTH <= CHUNK
  const int step = CHUNK / WIDTH;
  const int first_o = GROUP_Y * step;
  const int end_o = first_o + step < O ? first_o + step : O;
  for (int o = first_o; o < end_o; o++) {
    GLOBAL float* to = y + (size_t)o * WIDTH;
    g_copy(to, a + (size_t)o * RUN_A, RUN_A);
    g_copy(to + RUN_A, b + (size_t)o * RUN_B, RUN_B);
  }
#else
  const int first = GROUP_X * CHUNK;
  const int end = first + CHUNK < WIDTH ? first + CHUNK : WIDTH;
  GLOBAL float* to = y + (size_t)GROUP_Y * WIDTH;
  const int seam = first > RUN_A ? first : end < RUN_A ? end : RUN_A;
  if (first < seam) {
    g_copy(to + first, a + (size_t)GROUP_Y * RUN_A + first, seam - first);
  }
  if (seam < end) {
    g_copy(to + seam, b + (size_t)GROUP_Y * RUN_B + (seam - RUN_A), end - seam);
  }
#endif
}
