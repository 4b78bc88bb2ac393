//! conv2d: Winograd's filtering for 3x3 and 5x5 filters, and for 4x4 at stride 2, which is 2x2 on each of four shares of the image
//! device  opencl cpu
//! tune    MADE = 2 4   MR = 8 4 6   NV = 2 1   MC = 32 16 64   DB = 128 64 32   NC = 128 256 512 64
//! let     TAPS    R / SH
//! let     EDGE    (MADE + TAPS - 1)
//! let     POINTS  EDGE * EDGE
//! let     TILES   N * ceil(P, MADE) * ceil(Q, MADE)
//! let     WIDE    16 * NV
//! let     COLUMNS WIDE * ceil(min(K, NC), WIDE)
//! when    G == 1 && DH == 1 && DW == 1 && R == S && SH == SW && (SH == 1 && (R == 3 || R == 5) || R == 4 && SH == 2)
//! when    (MADE == 2 || R <= 4) && C >= 16 && P >= MADE && Q >= MADE
//! when    4 * POINTS * (MC + MR - 1) * (min(C, DB) + 32 + COLUMNS) <= local
//! when    MR * NV <= 24 && (NV == 1 || K > 16) && WIDE <= NC
//! when    (MC == 16 || MC <= TILES) && (DB == 128 || C > 32) && (NC == 128 || K > 64)
//! default R == 3 && P >= 4 && Q >= 4 ? MADE = 4
//! default R == 4 && N * (P / 4) * (Q / 4) >= 128 ? MADE = 4 MC = 16
//! default simd < 16 ? MR = 6 NV = 1
//! default K <= 16 ? NV = 1
//! default TILES < 64 || K <= 32 ? MC = 16
//! winograd MADE
//! prefer  20
//! scratch panels 4 * POINTS * SH * SW * C * WIDE * ceil(K, WIDE)
//! pass    conv2d_panels
//! grid    SH * SW  ceil(K, WIDE)  ceil(C, 32)
//! pass    conv2d
//! grid    ceil(TILES, MC)  ceil(K, COLUMNS)
// SPDX-License-Identifier: Apache-2.0

#define TAPS (R / SH)
#include "register_tile.h"
#include "sizes.h"
#include "statistics.h"
#include "winograd.h"

#define CH C
#define COLS K
#define SHARES (SH * SW)
#define VECS NV
#define WIDE (16 * VECS)
#define IN_H H
#define IN_W W
#define IN_STEP SH
#define OUT_STEP 1
#define READ16(pixel, c) PROLOGUE_X16(pixel, c)
#define WRITE(pixel, c, v) EPILOGUE(pixel, c, v)
#define WRITE16(pixel, c, v) EPILOGUE16(pixel, c, v)
#define WRITE_RUN16(e, v) EPILOGUE_RUN16(e, v)
#define ORIGIN_H(share) ((share) / SW - PH)
#define ORIGIN_W(share) ((share) - (share) / SW * SW - PW)
#define PIXEL(n, i, j) (((n) * P + (i)) * Q + (j))

// panels [CEIL(K,WIDE), POINTS, SHARES, C, WIDE]: the filters' points, with zeros beyond the last column
KERNEL void conv2d_panels(PARAMS) {
  const int share = GROUP_X;
  const int column = GROUP_Y * WIDE;
  LOCAL float16 part;
  for (int c = GROUP_Z * 32; c < min(GROUP_Z * 32 + 32, C); c++) {
    for (int i = 0; i < WIDE; i += 16) {
      float16 v[POINTS];
#pragma unroll
      for (int tap = 0; tap < TAPS * TAPS; tap++) {
        const int r = tap / TAPS * SH + share / SW;
        const int s = tap % TAPS * SW + share - share / SW * SW;
        GLOBAL const float* from = w + ((size_t)(r * S + s) * C + c) * K + column + i;
        if (column + i + 16 <= K) {
          part = vload16(0, from);
        } else {
          for (int lane = 0; lane < 16; lane++) {
            ((LOCAL float*)&part)[lane] = column + i + lane < K ? from[lane] : 0.0f;
          }
        }
        v[tap / TAPS * EDGE + tap % TAPS] = part;
      }
      G_SQUARE(g_line_of_filter, v, TAPS, EDGE)
#pragma unroll
      for (int e = 0; e < POINTS; e++) {
        vstore16(v[e], 0, panels + (((size_t)GROUP_Y * POINTS + e) * SHARES * C + share * C + c) * WIDE + i);
      }
    }
  }
}

KERNEL void conv2d(PARAMS) {
  const int first = GROUP_X * MC;
  const int column = GROUP_Y * WIDE * CEIL(SMALLER(K, NC), WIDE);
  const int out_h = P;
  const int out_w = Q;
  GLOBAL const float* filters = panels;
#include "winograd_panels.h"
}
