//! pad: one o is zeros, a contiguous run of x, zeros; a work-item writes a piece of that, or the whole of several o
//! device  opencl cpu
//! tune    CHUNK = 4096 1024 16384
//! grid    ceil((BEFORE + R + AFTER) * I, CHUNK)  ceil(O, max(1, CHUNK / ((BEFORE + R + AFTER) * I)))
// SPDX-License-Identifier: Apache-2.0
#include "copy.h"

#define LEFT (BEFORE * I)
#define RUN (R * I)
#define WIDTH ((BEFORE + R + AFTER) * I)

KERNEL void pad(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y) {
#if WIDTH <= CHUNK
  const int step = CHUNK / WIDTH;
  const int first_o = GROUP_Y * step;
  const int end_o = first_o + step < O ? first_o + step : O;
  for (int o = first_o; o < end_o; o++) {
    GLOBAL float* to = y + (size_t)o * WIDTH;
    g_fill(to, 0.0f, LEFT);
    g_copy(to + LEFT, x + (size_t)o * RUN, RUN);
    g_fill(to + LEFT + RUN, 0.0f, WIDTH - LEFT - RUN);
  }
#else
  const int first = GROUP_X * CHUNK;
  const int end = first + CHUNK < WIDTH ? first + CHUNK : WIDTH;
  const int copy_first = first < LEFT ? (end < LEFT ? end : LEFT) : first;
  const int copy_end = end > LEFT + RUN ? (first > LEFT + RUN ? first : LEFT + RUN) : end;
  GLOBAL float* to = y + (size_t)GROUP_Y * WIDTH;
  GLOBAL const float* from = x + (size_t)GROUP_Y * RUN;
  g_fill(to + first, 0.0f, copy_first - first);
  if (copy_first < copy_end) {
    g_copy(to + copy_first, from + (copy_first - LEFT), copy_end - copy_first);
  }
  const int rest = copy_first > copy_end ? copy_first : copy_end;
  g_fill(to + rest, 0.0f, end - rest);
#endif
}
