// SPDX-License-Identifier: Apache-2.0
// The body of a CUDA conv2d_input kernel for images of few channels, G == 1. A block multiplies a patch of y by all the
// filters, [pixels of the patch, K] by [K, R*S*C]; the products stay in shared memory, where the elements of x that meet
// no other pixels gather those of their taps.
//
// The padded image is cut into units of SH x SW pixels. Those of unit (a, b) meet pixels (a - HALO_H, b - HALO_W) of y
// to (a, b) and no others: a patch has HALO_H rows more than its block makes rows of units, unless it has all of them,
// and so across. At the rim it is moved inwards: all of its pixels are in the image.
// Wants WIDE, the most pixels of a patch side by side, float4* ring, shared memory for float [BM][LINE] and for the
// slabs, though not at once, and a tile as in tile_sums.h; BN is at least COLUMNS.

#include "sizes.h"

#define COLUMNS (R * S * C)
#define HALO_H ((R - 1) * DH / SH)
#define HALO_W ((S - 1) * DW / SW)
#define UNITS_H ((H - 1 + PH) / SH - PH / SH + 1) // of the image, with those that it has a part of
#define UNITS_W ((W - 1 + PW) / SW - PW / SW + 1)
#define PATCH_W SMALLER(Q, WIDE)
#define PATCH_H SMALLER(P, BM / PATCH_W)
#define OWN_H (PATCH_H == P ? UNITS_H : PATCH_H - HALO_H) // units that a block makes
#define OWN_W (PATCH_W == Q ? UNITS_W : PATCH_W - HALO_W)
#define OWN_LINE (OWN_W * SW * C)
#define TILES_H CEIL(UNITS_H, OWN_H)
#define TILES_W CEIL(UNITS_W, OWN_W)

// A thread has so many neighbours of a row of products; with these lines a warp stores them without meeting in a bank.
#ifdef MMA_BF16
#define RUN 2
#define STORE_RUN(to, v) *(float2*)(to) = {v[0], v[1]}
#define LINE (BN + 8)
#else
#define RUN 4
#define STORE_RUN(to, v) *(float4*)(to) = {v[0], v[1], v[2], v[3]}
#define LINE (BN + 4)
#endif

  const uint tiles_up = (uint)GROUP_X / TILES_W;
  const int n = tiles_up / TILES_H;
  const int unit_h = PH / SH + (int)(tiles_up - (uint)n * TILES_H) * OWN_H; // the first one
  const int unit_w = PW / SW + (int)(GROUP_X - tiles_up * TILES_W) * OWN_W;
  const int first_p = max(min(unit_h - HALO_H, P - PATCH_H), 0);
  const int first_q = max(min(unit_w - HALO_W, Q - PATCH_W), 0);
  const int corner = (n * P + first_p) * Q + first_q;

#define A_DOWN 0
#define B_ACROSS 0
#define IN_A(row, k) ((row) < PATCH_H * PATCH_W && (k) < K)
#define IN_B(column, k) ((column) < COLUMNS && (k) < K)

// The pixel of y in a row of the patch's matrix.
#define PIXEL(row) (corner + (int)((uint)(row) / PATCH_W) * (Q - PATCH_W) + (row))

// Four neighbours of the depth in memory, for tile_sums_mma.h.
#define WIDE_A (PLAIN_Y && K % 4 == 0)
#define WIDE_B (K % 4 == 0)
#define KEPT_A int
#define KEPT_B int
#define KEEP_A(kept, row) kept = (row) < PATCH_H * PATCH_W ? PIXEL(row) * K : -1;
#define KEEP_B(kept, column) kept = (column) < COLUMNS ? (column) * K : -1;
#define FIND_A(at, there, kept, depth) FIND(at, there, kept, depth, y)
#define FIND_B(at, there, kept, depth) FIND(at, there, kept, depth, w)
#define FIND(at, there, kept, depth, from)  \
  {                                         \
    const int k = depth;                    \
    there = kept >= 0 && k < K;             \
    at = from + (there ? kept + k : 0);     \
  }

#define FOUR(v, k, GET)                 \
  v.x = GET(k);                         \
  v.y = (k) + 1 < K ? GET((k) + 1) : 0; \
  v.z = (k) + 2 < K ? GET((k) + 2) : 0; \
  v.w = (k) + 3 < K ? GET((k) + 3) : 0;
#define GET_A(k) PROLOGUE_Y(i, k)
#define GET_B(k) w[m * K + (k)]
#if WIDE_A
#define LOAD_A(v, k) v = *(const float4*)(y + i * K + (k));
#else
#define LOAD_A(v, k) FOUR(v, k, GET_A)
#endif
#if WIDE_B
#define LOAD_B(v, k) v = *(const float4*)(w + m * K + (k));
#else
#define LOAD_B(v, k) FOUR(v, k, GET_B)
#endif

#define FETCH_A(v, row, depth)    \
  {                               \
    const int m = row;            \
    const int k = depth;          \
    v.x = v.y = v.z = v.w = 0.0f; \
    if (IN_A(m, k)) {             \
      const int i = PIXEL(m);     \
      LOAD_A(v, k)                \
    }                             \
  }
#define FETCH_B(v, column, depth) \
  {                               \
    const int m = column;         \
    const int k = depth;          \
    v.x = v.y = v.z = v.w = 0.0f; \
    if (IN_B(m, k)) {             \
      LOAD_B(v, k)                \
    }                             \
  }

  const int top = 0;
  const int left = 0;
  const int slab_begin = 0;
  const int slab_end = CEIL(K, BK);
#include "tile_sums.h"
  BARRIER();

  float* const products = (float*)ring; // [PATCH_H*PATCH_W,LINE], columns (r,s,c)
#pragma unroll
  for (int i = 0; i < TM; i++) {
#pragma unroll
    for (int j = 0; j < TN; j += RUN) {
      if (ROW(i) < PATCH_H * PATCH_W && COLUMN(j) < COLUMNS) {
        STORE_RUN(products + ROW(i) * LINE + COLUMN(j), (sum[i] + j));
      }
    }
  }
  BARRIER();

  // From one tap of an element to its next one, down and across, the pixel of y and the column change by so much.
  const int step_r = g_tap_step(SH, DH);
  const int step_s = g_tap_step(SW, DW);
  const int step_p = step_r * DH / SH;
  const int step_q = step_s * DW / SW;
  const int step_down = step_r * S * C - step_p * PATCH_W * LINE;
  const int step_across = step_s * C - step_q * LINE;
  for (uint e = item; e < OWN_H * SH * OWN_LINE; e += ITEMS) {
    const uint line = e / OWN_LINE;
    const uint column = (e - line * OWN_LINE) / C;
    const int c = e - line * OWN_LINE - column * C;
    const int padded_h = unit_h * SH + (int)line;
    const int padded_w = unit_w * SW + (int)column;
    const int h = padded_h - PH;
    const int v = padded_w - PW;
    if (h >= 0 && h < H && v >= 0 && v < W) {
      const int first_r = g_first_tap(padded_h, SH, DH, R);
      const int first_s = g_first_tap(padded_w, SW, DW, S);
      const int last_p = (padded_h - first_r * DH) / SH;
      const int last_q = (padded_w - first_s * DW) / SW;
      const int at = ((last_p - first_p) * PATCH_W + last_q - first_q) * LINE + (first_r * S + first_s) * C + c;
      float total = 0.0f;
#pragma unroll
      for (int a = 0; a < (R + step_r - 1) / step_r; a++) {
        const int p = last_p - a * step_p;
        const bool met = first_r + a * step_r < R && p >= 0 && p < P;
#pragma unroll
        for (int b = 0; b < (S + step_s - 1) / step_s; b++) {
          const int q = last_q - b * step_q;
          const bool meets = met && first_s + b * step_s < S && q >= 0 && q < Q;
          total += meets ? products[at + a * step_down + b * step_across] : 0.0f;
        }
      }
      EPILOGUE((n * H + h) * W + v, c, total);
    }
  }
