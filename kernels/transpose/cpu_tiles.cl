//! transpose: tiles of 16 x 16 turned in registers; a work-item takes 16 rows of y, TILES tiles along them
//! device  opencl cpu
//! when    D4 >= 16 && (E3 == 1 && D3 >= 16 || E2 == 1 && D2 >= 16)
//! tune    TILES = 16 4 64
//! prefer  1
//! grid    ceil(D4, 16 * TILES)  ceil(E3 == 1 && D3 >= 16 ? D3 : D2, 16)  D0 * D1 * (E3 == 1 && D3 >= 16 ? D2 : D3)
// SPDX-License-Identifier: Apache-2.0
#include "shuffle.h"

// A tile spans i4, along which y is contiguous, and the dimension k (3 or 2) along which x is; m is the other of the two.
#if E3 == 1 && D3 >= 16
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

// Turns v[row].s[column] into v[column].s[row]. Taking even lanes from even lanes, and odd from odd, of neighbours
// rotates the 8-bit number (row, column) by one bit; four times swaps its halves.
DEVICE void turn(float16* v) {
#pragma unroll
  for (int round = 0; round < 4; round++) {
    float16 next[16];
#pragma unroll
    for (int i = 0; i < 8; i++) {
      next[i] = g_even_lanes(v[2 * i], v[2 * i + 1]);
      next[i + 8] = g_odd_lanes(v[2 * i], v[2 * i + 1]);
    }
#pragma unroll
    for (int i = 0; i < 16; i++) {
      v[i] = next[i];
    }
  }
}

KERNEL void transpose(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y) {
  const int outer = GROUP_Z;
  const int i01 = outer / DM;
  const int im = outer - i01 * DM;
  const int i0 = i01 / D1;
  const int i1 = i01 - i0 * D1;
  GLOBAL const float* from = x + ((size_t)i0 * E0 + (size_t)i1 * E1 + (size_t)im * EM);
  GLOBAL float* to = y + ((size_t)i01 * ((size_t)D2 * D3 * D4) + im * YM);
  // Tiles that would stick out start further back, and store only what is new.
  const int k_first = GROUP_Y * 16;
  const int k = k_first < DK - 16 ? k_first : DK - 16;
  for (int tile = 0; tile < TILES; tile++) {
    const int j_first = (GROUP_X * TILES + tile) * 16;
    if (j_first < D4) {
      const int j = j_first < D4 - 16 ? j_first : D4 - 16;
      float16 v[16];
#pragma unroll
      for (int i = 0; i < 16; i++) {
        v[i] = vload16(0, from + (size_t)(j + i) * E4 + k);
      }
      turn(v);
      if (j == j_first && k == k_first) {
#pragma unroll
        for (int i = 0; i < 16; i++) {
          vstore16(v[i], 0, to + (k + i) * YK + j);
        }
      } else {
        for (int i = k_first - k; i < 16; i++) {
          float lane[16];
          vstore16(v[i], 0, lane);
          for (int l = j_first - j; l < 16; l++) {
            to[(k + i) * YK + j + l] = lane[l];
          }
        }
      }
    }
  }
}
