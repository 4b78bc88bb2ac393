//! transpose: tiles of 32 x 32 through local memory, so that both reading and writing run along memory
//! device  opencl gpu
//! when    D4 >= 8 && (E3 == 1 && D3 >= 8 || E2 == 1 && D2 >= 8)
//! when    D0 * D1 * (E3 == 1 && D3 >= 8 ? D2 : D3) <= 65535 && max(D2, D3) <= 2097120
//! tune    ROWS = 8 4 16
//! prefer  1
//! grid    ceil(D4, 32)  ceil(E3 == 1 && D3 >= 8 ? D3 : D2, 32)  D0 * D1 * (E3 == 1 && D3 >= 8 ? D2 : D3)
//! block   32  ROWS
// SPDX-License-Identifier: Apache-2.0

// A tile spans i4, along which y is contiguous, and the dimension k (3 or 2) along which x is; m is the other of the two.
#if E3 == 1 && D3 >= 8
#define DK D3
#define YK ((size_t)D4)
#define DM D2
#define EM E2
#define YM ((size_t)D3 * D4)
#else
#define DK D2
#define YK ((size_t)D3 * D4)
#define DM D3
#define EM E3
#define YM ((size_t)D4)
#endif

KERNEL void transpose(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y) {
  LOCAL float tile[32][33]; // one column more than is used: a column is then read from 32 different banks
  const int column = ITEM_X;
  const int row = ITEM_Y;
  const int j = GROUP_X * 32;
  const int k = GROUP_Y * 32;
  const int outer = GROUP_Z;
  const int i01 = outer / DM;
  const int im = outer - i01 * DM;
  const int i0 = i01 / D1;
  const int i1 = i01 - i0 * D1;
  GLOBAL const float* from = x + ((size_t)i0 * E0 + (size_t)i1 * E1 + (size_t)im * EM);
  GLOBAL float* to = y + ((size_t)i01 * ((size_t)D2 * D3 * D4) + im * YM);
#pragma unroll
  for (int r = 0; r < 32; r += ROWS) {
    if (j + row + r < D4 && k + column < DK) {
      tile[row + r][column] = from[(size_t)(j + row + r) * E4 + (k + column)];
    }
  }
  BARRIER();
#pragma unroll
  for (int r = 0; r < 32; r += ROWS) {
    if (k + row + r < DK && j + column < D4) {
      to[(k + row + r) * YK + (j + column)] = tile[column][row + r];
    }
  }
}
