//! transpose: row by row of y, whatever the strides; rows that are contiguous in x too are copied in vectors
//! device  opencl cpu
//! tune    CHUNK = 4096 1024 16384
//! grid    ceil(D4, CHUNK)  ceil(D0 * D1 * D2 * D3, max(1, CHUNK / D4))
//! note    cpu_tiles wins where the innermost dimensions of x and y differ and both are long
// SPDX-License-Identifier: Apache-2.0
#include "copy.h"

#define ROWS (D0 * D1 * D2 * D3)

KERNEL void transpose(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y) {
#if D4 <= CHUNK // constant bounds
  const int first = 0;
  const int count = D4;
  const int step = CHUNK / D4;
#else
  const int first = GROUP_X * CHUNK;
  const int count = first + CHUNK < D4 ? CHUNK : D4 - first;
  const int step = 1;
#endif
  const int first_row = GROUP_Y * step;
  const int end_row = first_row + step < ROWS ? first_row + step : ROWS;
  for (int row = first_row; row < end_row; row++) {
    const int outer = row / D3;
    const int i3 = row - outer * D3;
    const int i01 = outer / D2;
    const int i2 = outer - i01 * D2;
    const int i0 = i01 / D1;
    const int i1 = i01 - i0 * D1;
    const size_t at = (size_t)i0 * E0 + (size_t)i1 * E1 + (size_t)i2 * E2 + (size_t)i3 * E3 + (size_t)first * E4;
    GLOBAL float* to = y + (size_t)row * D4 + first;
    GLOBAL const float* from = x + at;
#if E4 == 1
    g_copy(to, from, count);
#else
    for (int i = 0; i < count; i++) {
      to[i] = from[(size_t)i * E4];
    }
#endif
  }
}
