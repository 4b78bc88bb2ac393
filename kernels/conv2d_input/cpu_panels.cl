//! conv2d_input: for each class of pixels, which meet the same taps, a matrix product whose rows are gathered
//! device  opencl cpu
//! tune    MR = 8 4 6   NV = 2 1   MC = 64 32 128   KC = 512 256 1024
//! let     TAPS    ceil(R, DH == 1 ? SH : 1) * ceil(S, DW == 1 ? SW : 1)
//! let     WIDE    16 * NV
//! let     COLS    WIDE * ceil(C / G, WIDE)
//! let     PIXELS  N * ceil(H, SH) * ceil(W, SW)
//! when    4 * (MC + MR) * (KC + min(KC, K / G) + 32 + COLS) <= local
//! when    MR * NV <= 24 && (NV == 1 || C / G > 16)
//! when    MC <= 64 || MC < 2 * PIXELS
//! when    KC == 512 || TAPS * K / G > 256
//! default simd < 16 ? MR = 6 NV = 1
//! default C / G <= 16 ? NV = 1
//! default PIXELS < 256 ? MC = 32
//! scratch panels 4 * R * S * K * COLS
//! pass    conv2d_input_panels
//! grid    R * S  ceil(C / G, WIDE)  G
//! pass    conv2d_input
//! grid    SH * SW * ceil(PIXELS, MR * ceil(MC, MR))  G
// SPDX-License-Identifier: Apache-2.0

#include "conv_classes.h"
#include "register_tile.h"
#include "sizes.h"
#include "statistics.h"
#include "turn.h"

#define CH (K / G)
#define COLS (C / G)
#define VECS NV
#define WIDE (16 * VECS)
#define BAND (MR * CEIL(MC, MR))
#define PANEL_STEP (R * S * CH * WIDE)
#define IN_H P
#define IN_W Q
#define MOST_TAPS (CEIL(R, (DH == 1 ? SH : 1)) * CEIL(S, (DW == 1 ? SW : 1)))
#define READ(pixel, c) PROLOGUE_Y(pixel, c)
#define READ16(pixel, c) PROLOGUE_Y16(pixel, c)
#define WRITE(pixel, c, v) EPILOGUE(pixel, c, v)
#define WRITE16(pixel, c, v) EPILOGUE16(pixel, c, v)
#define ROW_H(i) ((i) + shift_h)
#define ROW_W(j) ((j) + shift_w)
#define STEP_H step_h
#define STEP_W step_w
#define PIXEL(n, i, j) (((n) * H + (i) * SH + class_h) * W + (j) * SW + class_w)

#define CLASS_H(r) g_tap_class(r, SH, PH, DH)
#define CLASS_W(s) g_tap_class(s, SW, PW, DW)

// Taps before those of a class of rows and columns, where taps are ordered by class.
DEVICE int taps_before(int class_h, int class_w) {
  return g_taps_between(0, class_h, R, SH, PH, DH) * S +
         g_taps_between(class_h, class_h + 1, R, SH, PH, DH) * g_taps_between(0, class_w, S, SW, PW, DW);
}

// panels [G, CEIL(COLS,WIDE), R*S taps by class, CH, WIDE]: the filters turned, with zeros beyond the last column
KERNEL void conv2d_input_panels(PARAMS) {
  const int g = GROUP_Z;
  const int r = GROUP_X / S;
  const int s = GROUP_X - r * S;
  const int column = GROUP_Y * WIDE;
  const int class_h = CLASS_H(r);
  const int class_w = CLASS_W(s);
  const int tap = taps_before(class_h, class_w) +
                  g_taps_between(class_h, class_h + 1, r, SH, PH, DH) *
                      g_taps_between(class_w, class_w + 1, S, SW, PW, DW) +
                  g_taps_between(class_w, class_w + 1, s, SW, PW, DW);
  GLOBAL float* to = panels + ((size_t)g * CEIL(COLS, WIDE) + GROUP_Y) * PANEL_STEP + (size_t)tap * CH * WIDE;
  GLOBAL const float* from = w + ((size_t)GROUP_X * COLS + column) * K + g * CH;
  for (int i = 0; i < WIDE; i += 16) {
    int k = 0;
#if CH >= 16
    for (; k + 16 <= CH && column + i + 16 <= COLS; k += 16) {
      float16 v[16];
#pragma unroll
      for (int lane = 0; lane < 16; lane++) {
        v[lane] = vload16(0, from + (size_t)(i + lane) * K + k);
      }
      g_turn16(v);
#pragma unroll
      for (int lane = 0; lane < 16; lane++) {
        vstore16(v[lane], 0, to + (k + lane) * WIDE + i);
      }
    }
#endif
    for (; k < CH; k++) {
      for (int lane = i; lane < i + 16; lane++) {
        to[k * WIDE + lane] = column + lane < COLS ? from[(size_t)lane * K + k] : 0.0f;
      }
    }
  }
}

KERNEL void conv2d_input(PARAMS) {
  const int g = GROUP_Y;
  const int blocks = CEIL(N * CEIL(H, SH) * CEIL(W, SW), BAND);
  const int own = GROUP_X / blocks;
  const int first = (GROUP_X - own * blocks) * BAND;
  const int class_h = own / SW;
  const int class_w = own - class_h * SW;
  const int out_h = max((H - class_h + SH - 1) / SH, 0);
  const int out_w = max((W - class_w + SW - 1) / SW, 0);
  const int rows = N * out_h * out_w;
  if (first >= rows) {
#ifdef STATISTICS
    if (g == 0) {
      G_PUT_NOTHING(GROUP_X)
    }
#endif
    return;
  }
  const int taps_h = g_taps_between(class_h, class_h + 1, R, SH, PH, DH);
  const int taps_w = g_taps_between(class_w, class_w + 1, S, SW, PW, DW);
  // The class's first tap reads row i + shift; the next one, step rows on.
  const int r = g_tap_behind(-1, class_h, R, SH, PH, DH);
  const int s = g_tap_behind(-1, class_w, S, SW, PW, DW);
  const int shift_h = (class_h + PH - r * DH) / SH;
  const int shift_w = (class_w + PW - s * DW) / SW;
  const int step_h = -(g_tap_behind(r, class_h, R, SH, PH, DH) - r) * DH / SH;
  const int step_w = -(g_tap_behind(s, class_w, S, SW, PW, DW) - s) * DW / SW;
  GLOBAL const float* filters = panels + (size_t)g * CEIL(COLS, WIDE) * PANEL_STEP +
                                (size_t)taps_before(class_h, class_w) * CH * WIDE;
#include "conv_panels.h"
}
