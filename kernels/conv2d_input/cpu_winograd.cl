//! conv2d_input: Winograd's filtering for 3x3 and 5x5 filters, and for 4x4 at stride 2, where each class of pixels meets 2x2 taps
//! device  opencl cpu
//! tune    MADE = 2 4   MR = 8 4 6   NV = 2 1   MC = 32 16 64   DB = 128 64 32   NC = 128 256 512 64
//! let     TAPS    R / SH
//! let     EDGE    (MADE + TAPS - 1)
//! let     POINTS  EDGE * EDGE
//! let     TILES   N * ceil(ceil(H, SH), MADE) * ceil(ceil(W, SW), MADE)
//! let     WIDE    16 * NV
//! let     COLUMNS WIDE * ceil(min(C, NC), WIDE)
//! when    G == 1 && DH == 1 && DW == 1 && R == S && SH == SW && (SH == 1 && (R == 3 || R == 5) || R == 4 && SH == 2)
//! when    (MADE == 2 || R <= 4) && K >= 16 && H >= MADE * SH && W >= MADE * SW
//! when    4 * POINTS * (MC + MR - 1) * (min(K, DB) + 32 + COLUMNS) <= local
//! when    MR * NV <= 24 && (NV == 1 || C > 16) && WIDE <= NC
//! when    (MC == 16 || MC <= TILES) && (DB == 128 || K > 32) && (NC == 128 || C > 64)
//! default R == 3 && H >= 4 && W >= 4 ? MADE = 4
//! default R == 4 && N * (H / 8) * (W / 8) >= 128 ? MADE = 4 MC = 16
//! default simd < 16 ? MR = 6 NV = 1
//! default C <= 16 ? NV = 1
//! default TILES < 64 ? MC = 16
//! winograd MADE
//! prefer  C > 4 ? 20 : 0 - 1
//! scratch panels 4 * POINTS * SH * SW * K * WIDE * ceil(C, WIDE)
//! pass    conv2d_input_panels
//! grid    SH * SW  ceil(C, WIDE)  ceil(K, 16)
//! pass    conv2d_input
//! grid    SH * SW * ceil(TILES, MC)  ceil(C, COLUMNS)
// SPDX-License-Identifier: Apache-2.0

#define TAPS (R / SH)
#include "register_tile.h"
#include "sizes.h"
#include "statistics.h"
#include "turn.h"
#include "winograd.h"

#define CH K
#define COLS C
#define SHARES 1
#define VECS NV
#define WIDE (16 * VECS)
#define IN_H P
#define IN_W Q
#define IN_STEP 1
#define OUT_STEP SW
#define READ16(pixel, c) PROLOGUE_Y16(pixel, c)
#define WRITE(pixel, c, v) EPILOGUE(pixel, c, v)
#define WRITE16(pixel, c, v) EPILOGUE16(pixel, c, v)
#define WRITE_RUN16(e, v) EPILOGUE_RUN16(e, v)
#define ORIGIN_H(share) (origin_h)
#define ORIGIN_W(share) (origin_w)
#define PIXEL(n, i, j) (((n) * H + (i) * SH + class_h) * W + (j) * SW + class_w)
#define PANELS CEIL(C, WIDE)

// Rows class, class + SH, ... of the image meet the taps FIRST_TAP, FIRST_TAP + SH, ...; a square's first row of y is the
// one that the last of them reads.
#define FIRST_TAP(own, pad, stride) ((own) + (pad) - ((own) + (pad)) / (stride) * (stride))
#define ORIGIN(own, pad, stride) (((own) + (pad)) / (stride) - (TAPS - 1))

// panels [SH*SW classes, PANELS, POINTS, K, WIDE]: the points of the filters, turned round and over
KERNEL void conv2d_input_panels(PARAMS) {
  const int class_h = GROUP_X / SW;
  const int class_w = GROUP_X - class_h * SW;
  const int column = GROUP_Y * WIDE;
  const int k0 = GROUP_Z * 16;
  LOCAL float16 turned[TAPS * TAPS * 16]; // [TAPS,TAPS,16 of K,16 of C]
  for (int i = 0; i < WIDE; i += 16) {
    for (int tap = 0; tap < TAPS * TAPS; tap++) {
      const int down = tap / TAPS;
      const int r = FIRST_TAP(class_h, PH, SH) + (TAPS - 1 - down) * SH;
      const int s = FIRST_TAP(class_w, PW, SW) + (TAPS - 1 - (tap - down * TAPS)) * SW;
      GLOBAL const float* from = w + ((size_t)(r * S + s) * C + column + i) * K + k0;
      if (column + i + 16 <= C && k0 + 16 <= K) {
        float16 v[16];
#pragma unroll
        for (int lane = 0; lane < 16; lane++) {
          v[lane] = vload16(0, from + (size_t)lane * K);
        }
        g_turn16(v);
#pragma unroll
        for (int k = 0; k < 16; k++) {
          turned[tap * 16 + k] = v[k];
        }
      } else {
        for (int k = 0; k < 16; k++) {
          turned[tap * 16 + k] = (float16)(0.0f);
        }
        for (int lane = 0; lane < min(16, C - column - i); lane++) {
          for (int k = 0; k < min(16, K - k0); k++) {
            ((LOCAL float*)(turned + tap * 16 + k))[lane] = from[(size_t)lane * K + k];
          }
        }
      }
    }
    for (int k = 0; k < min(16, K - k0); k++) {
      float16 v[POINTS];
#pragma unroll
      for (int tap = 0; tap < TAPS * TAPS; tap++) {
        v[tap / TAPS * EDGE + tap % TAPS] = turned[tap * 16 + k];
      }
      G_SQUARE(g_line_of_filter, v, TAPS, EDGE)
#pragma unroll
      for (int e = 0; e < POINTS; e++) {
        vstore16(v[e], 0, panels + ((((size_t)GROUP_X * PANELS + GROUP_Y) * POINTS + e) * K + k0 + k) * WIDE + i);
      }
    }
  }
}

KERNEL void conv2d_input(PARAMS) {
  const int blocks = CEIL(N * CEIL(CEIL(H, SH), MADE) * CEIL(CEIL(W, SW), MADE), MC);
  const int own = GROUP_X / blocks;
  const int class_h = own / SW;
  const int class_w = own - class_h * SW;
  const int first = (GROUP_X - own * blocks) * MC;
  const int column = GROUP_Y * WIDE * CEIL(SMALLER(C, NC), WIDE);
  const int out_h = (H - class_h + SH - 1) / SH;
  const int out_w = (W - class_w + SW - 1) / SW;
  const int origin_h = ORIGIN(class_h, PH, SH);
  const int origin_w = ORIGIN(class_w, PW, SW);
  GLOBAL const float* filters = panels + (size_t)own * PANELS * POINTS * K * WIDE;
#include "winograd_panels.h"
}
