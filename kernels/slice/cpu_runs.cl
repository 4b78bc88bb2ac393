//! slice: what is kept of one o is one contiguous run; a work-item copies a piece of a run, or many short runs
//! device  opencl cpu
//! tune    CHUNK = 4096 1024 16384
//! grid    ceil(SIZE * I, CHUNK)  ceil(O, max(1, CHUNK / (SIZE * I)))
// SPDX-License-Identifier: Apache-2.0
#include "copy.h"

#define RUN (SIZE * I)

KERNEL void slice(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y) {
#if RUN <= CHUNK // constant bounds
  const int first = 0;
  const int count = RUN;
  const int step = CHUNK / RUN;
#else
  const int first = GROUP_X * CHUNK;
  const int count = first + CHUNK < RUN ? CHUNK : RUN - first;
  const int step = 1;
#endif
  const int first_o = GROUP_Y * step;
  const int end_o = first_o + step < O ? first_o + step : O;
  for (int o = first_o; o < end_o; o++) {
    g_copy(y + (size_t)o * RUN + first, x + ((size_t)o * R + BEGIN) * I + first, count);
  }
}
