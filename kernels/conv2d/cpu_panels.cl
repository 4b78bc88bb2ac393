//! conv2d: a matrix product whose rows are gathered: MR x NV float16 sums in registers, MC pixels and KC of the depth a band
//! device  opencl cpu
//! tune    MR = 8 4 6   NV = 2 1   MC = 64 32 128   KC = 512 256 1024
//! let     DEPTH   R * S * C / G
//! let     WIDE    16 * NV
//! let     COLS    WIDE * ceil(K / G, WIDE)
//! when    4 * (MC + MR) * (KC + min(KC, C / G) + 32 + COLS) <= local
//! when    MR * NV <= 24 && (NV == 1 || K / G > 16)
//! when    MC <= 64 || MC < 2 * N * P * Q
//! when    KC == 512 || DEPTH > 256
//! default simd < 16 ? MR = 6 NV = 1
//! default K / G <= 16 ? NV = 1
//! default N * P * Q < 1024 ? MC = 32
//! scratch panels 4 * G * DEPTH * COLS
//! pass    conv2d_panels
//! grid    R * S  ceil(K / G, WIDE)  G
//! pass    conv2d
//! grid    ceil(N * P * Q, MR * ceil(MC, MR))  G
// SPDX-License-Identifier: Apache-2.0

#include "register_tile.h"
#include "sizes.h"
#include "statistics.h"

#define CH (C / G)
#define COLS (K / G)
#define VECS NV
#define WIDE (16 * VECS)
#define BAND (MR * CEIL(MC, MR))
#define PANEL_STEP (R * S * CH * WIDE)
#define IN_H H
#define IN_W W
#define MOST_TAPS (R * S)
#define READ(pixel, c) PROLOGUE_X(pixel, c)
#define READ16(pixel, c) PROLOGUE_X16(pixel, c)
#define WRITE(pixel, c, v) EPILOGUE(pixel, c, v)
#define WRITE16(pixel, c, v) EPILOGUE16(pixel, c, v)
#define ROW_H(i) ((i) * SH - PH)
#define ROW_W(j) ((j) * SW - PW)
#define STEP_H DH
#define STEP_W DW
#define PIXEL(n, i, j) (((n) * P + (i)) * Q + (j))

// panels [G, CEIL(COLS,WIDE), R*S, CH, WIDE]: columns of the filters, with zeros beyond the last
KERNEL void conv2d_panels(PARAMS) {
  const int g = GROUP_Z;
  const int tap = GROUP_X;
  const int column = GROUP_Y * WIDE;
  GLOBAL float* to = panels + ((size_t)g * CEIL(COLS, WIDE) + GROUP_Y) * PANEL_STEP + (size_t)tap * CH * WIDE;
  for (int c = 0; c < CH; c++) {
    GLOBAL const float* from = w + ((size_t)tap * CH + c) * K + g * COLS + column;
    for (int i = 0; i < WIDE; i += 16) {
      if (column + i + 16 <= COLS) {
        vstore16(vload16(0, from + i), 0, to + c * WIDE + i);
      } else {
        for (int lane = i; lane < i + 16; lane++) {
          to[c * WIDE + lane] = column + lane < COLS ? from[lane] : 0.0f;
        }
      }
    }
  }
}

KERNEL void conv2d(PARAMS) {
  const int g = GROUP_Y;
  const int first = GROUP_X * BAND;
  const int rows = N * P * Q;
  const int out_h = P;
  const int out_w = Q;
  const int taps_h = R;
  const int taps_w = S;
  GLOBAL const float* filters = panels + (size_t)g * CEIL(COLS, WIDE) * PANEL_STEP;

#include "conv_panels.h"
}
