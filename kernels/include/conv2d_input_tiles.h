// SPDX-License-Identifier: Apache-2.0
// The body of conv2d_input as one matrix product for each class of pixels of x: those with the same (h % SH, w % SW)
// meet the same taps, so nothing is multiplied by the zeros that a stride would put between the pixels of y.
// Rows are the pixels of a class, columns the C/G channels of a group, the depth is (tap of the class, k). A class that
// no tap meets has a depth of 0.

#define CLASS_H ((H + SH - 1) / SH) // rows of x in a class, at most
#define CLASS_W ((W + SW - 1) / SW)
#define CLASSES_W (SW < W ? SW : W)
#define CLASS_PIXELS (N * CLASS_H * CLASS_W)
#define TILES_ACROSS ((C_G + BN - 1) / BN)

  const uint tile = GROUP_X;
  const uint tile_row = tile / TILES_ACROSS;
  const int top = tile_row * BM;
  const int left = (tile - tile_row * TILES_ACROSS) * BN;
  const int g = GROUP_Y;
  const int first_h = (uint)GROUP_Z / CLASSES_W; // the first pixel of the class
  const int first_w = GROUP_Z - first_h * CLASSES_W;

  const int step_r = g_tap_step(SH, DH);
  const int step_s = g_tap_step(SW, DW);
  const int first_r = g_first_tap(first_h + PH, SH, DH, R);
  const int first_s = g_first_tap(first_w + PW, SW, DW, S);
  const int taps_h = (R - first_r + step_r - 1) / step_r;
  const int taps_w = (S - first_s + step_s - 1) / step_s;
  // Under its tap (a, b), pixel (n, i, j) of the class meets pixel (n, first_p + i - a * step_p, ...) of y.
  const int step_p = step_r * DH / SH;
  const int step_q = step_s * DW / SW;
  const int first_p = (first_h + PH - first_r * DH) / SH;
  const int first_q = (first_w + PW - first_s * DW) / SW;
  const int most_w = (S + step_s - 1) / step_s; // taps_w is this or one less: divisions by constants
  const int depth_end = taps_h * taps_w * K_G;

#define A_DOWN 0
#define B_ACROSS 0

// Tap (a, b) of the class and k, from the place in the depth.
#define FIND_TAP(depth)                                                                    \
  const uint t = (uint)(depth) / K_G;                                                      \
  const int k = g * K_G + (int)((depth) - t * K_G);                                        \
  const int a = (int)(taps_w == most_w ? t / (uint)most_w : t / (uint)max(most_w - 1, 1)); \
  const int b = (int)t - a * taps_w;

// The pixel of y that pixel `row` of the class meets under (a, b); -1 outside.
#define FIND_Y(row)                                                             \
  const uint line = (uint)(row) / CLASS_W;                                      \
  const uint n = line / CLASS_H;                                                \
  const int p = first_p + (int)(line - n * CLASS_H) - a * step_p;               \
  const int q = first_q + (int)((row) - line * CLASS_W) - b * step_q;           \
  const int meets = (row) < CLASS_PIXELS && p >= 0 && p < P && q >= 0 && q < Q; \
  const int i = meets ? ((int)n * P + p) * Q + q : -1;

#define FIND_W(column) const int at = (((first_r + a * step_r) * S + first_s + b * step_s) * C_G + (column)) * K + k;

#define Y_1(v, row, depth)                \
  if ((depth) < depth_end) {              \
    FIND_TAP(depth)                       \
    FIND_Y(row)                           \
    v = i >= 0 ? PROLOGUE_Y(i, k) : 0.0f; \
  }
#define W_1(v, column, depth) \
  if ((depth) < depth_end) {  \
    FIND_TAP(depth)           \
    FIND_W(column)            \
    v = w[at];                \
  }

#if PLAIN_Y
#define LOAD_Y(v, i, k) v = *(GLOBAL const float4*)(y + (i) * K + (k))
#else
#define LOAD_Y(v, i, k)         \
  v.x = PROLOGUE_Y(i, k);       \
  v.y = PROLOGUE_Y(i, (k) + 1); \
  v.z = PROLOGUE_Y(i, (k) + 2); \
  v.w = PROLOGUE_Y(i, (k) + 3)
#endif

// Four neighbours of the depth in memory, for tile_sums_mma.h.
#define WIDE_A (PLAIN_Y && K_G % 4 == 0)
#define WIDE_B (K_G % 4 == 0)
#define KEPT_A struct g_patch
#define KEEP_A(kept, row)                                         \
  {                                                               \
    const uint m = row;                                           \
    const uint line = m / CLASS_W;                                \
    const uint n = line / CLASS_H;                                \
    kept.h = first_p + (int)(line - n * CLASS_H);                 \
    kept.w = first_q + (int)(m - line * CLASS_W);                 \
    kept.at = (((int)n * P + kept.h) * Q + kept.w) * K + g * K_G; \
    if (m >= CLASS_PIXELS) {                                      \
      kept.h = OUTSIDE;                                           \
    }                                                             \
  }
#define FIND_A(from, there, kept, depth)                                                    \
  {                                                                                         \
    const int d = depth;                                                                    \
    FIND_TAP(d)                                                                             \
    const int p = kept.h - a * step_p;                                                      \
    const int q = kept.w - b * step_q;                                                      \
    there = d < depth_end && (uint)p < P && (uint)q < Q;                                    \
    from = y + (there ? kept.at - (a * step_p * Q + b * step_q) * K + k - g * K_G : 0);     \
  }
#define KEPT_B int
#define KEEP_B(kept, column) kept = (column) < C_G ? (column) * K : -1;
#define FIND_B(from, there, kept, depth)                                                             \
  {                                                                                                  \
    const int d = depth;                                                                             \
    FIND_TAP(d)                                                                                      \
    there = d < depth_end && kept >= 0;                                                              \
    from = w + (there ? ((first_r + a * step_r) * S + first_s + b * step_s) * C_G * K + k + kept : 0); \
  }

#if K_G % 4 == 0
#define FETCH_A(v, row, depth)    \
  {                               \
    const int m = row;            \
    const int d = depth;          \
    v.x = v.y = v.z = v.w = 0.0f; \
    if (d < depth_end) {          \
      FIND_TAP(d)                 \
      FIND_Y(m)                   \
      if (i >= 0) {               \
        LOAD_Y(v, i, k);          \
      }                           \
    }                             \
  }
#define FETCH_B(v, column, depth)          \
  {                                        \
    const int c = column;                  \
    const int d = depth;                   \
    v.x = v.y = v.z = v.w = 0.0f;          \
    if (d < depth_end && c < C_G) {        \
      FIND_TAP(d)                          \
      FIND_W(c)                            \
      v = *(GLOBAL const float4*)(w + at); \
    }                                      \
  }
#else
#define FETCH_A(v, row, depth)    \
  {                               \
    const int m = row;            \
    const int d = depth;          \
    v.x = v.y = v.z = v.w = 0.0f; \
    Y_1(v.x, m, d)                \
    Y_1(v.y, m, d + 1)            \
    Y_1(v.z, m, d + 2)            \
    Y_1(v.w, m, d + 3)            \
  }
#define FETCH_B(v, column, depth) \
  {                               \
    const int c = column;         \
    const int d = depth;          \
    v.x = v.y = v.z = v.w = 0.0f; \
    if (c < C_G) {                \
      W_1(v.x, c, d)              \
      W_1(v.y, c, d + 1)          \
      W_1(v.z, c, d + 2)          \
      W_1(v.w, c, d + 3)          \
    }                             \
  }
#endif

  const int slab_begin = 0;
  const int slab_end = (depth_end + BK - 1) / BK;
#include "tile_sums.h"
// Where row i of this work-item's is in dx.
#define FIND_ROW_PIXEL(i)                                          \
  const uint row = ROW(i);                                         \
  const uint line = row / CLASS_W;                                 \
  const int n = line / CLASS_H;                                    \
  const int h = first_h + (int)(line - (uint)n * CLASS_H) * SH;    \
  const int column = first_w + (int)(row - line * CLASS_W) * SW;   \
  const int is_pixel = row < CLASS_PIXELS && h < H && column < W;
#ifdef STATISTICS
  uint own_rows = 0; // in a loop of its own: kept through that below it costs registers
#pragma unroll
  for (int i = 0; i < TM; i++) {
    FIND_ROW_PIXEL(i)
    own_rows |= is_pixel ? 1u << i : 0u;
  }
#endif
#pragma unroll
  for (int i = 0; i < TM; i++) {
    FIND_ROW_PIXEL(i)
    if (is_pixel) {
#pragma unroll
      for (int j = 0; j < TN; j++) {
        const int c = COLUMN(j);
        if (c < C_G) {
          EPILOGUE((n * H + h) * W + column, g * C_G + c, sum[i][j]);
        }
      }
    }
  }
#ifdef STATISTICS
  const int part = GROUP_Z * ((CLASS_PIXELS + BM - 1) / BM) + (int)tile_row;
  const int first_channel = g * C_G + left;
  const int channels = C_G - left;
#include "tile_statistics.h"
#endif
