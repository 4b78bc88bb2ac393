// SPDX-License-Identifier: Apache-2.0
// Winograd's minimal filtering (Lavin and Gray 2016, after Winograd 1980) for OpenCL CPU devices: two results of a filter
// of TAPS taps from TAPS + 1 products instead of 2 TAPS, along both axes. Along one axis, with the points 0, 1 (and -1
// for three taps) and infinity:
//
//   TAPS 2:  y0 = m0 + m1       m0 = (d0 - d1) g0         m1 = d1 (g0 + g1)                   m2 = (d1 - d2) g1
//            y1 = m1 - m2
//   TAPS 3:  y0 = m0 + m1 + m2  m0 = (d0 - d2) g0         m1 = (d1 + d2) (g0 + g1 + g2) / 2
//            y1 = m1 - m2 - m3  m3 = (d1 - d3) g2         m2 = (d2 - d1) (g0 - g1 + g2) / 2
//
// A result takes nothing from numbers outside its own sum, and halves are exact. The gradient of the filter has TAPS
// results of a "filter" of two.
#ifndef GANDER_WINOGRAD_H
#define GANDER_WINOGRAD_H

#define EDGE (TAPS + 1)
#define POINTS (EDGE * EDGE)

// Each of these turns one line of a square: elements v[0], v[step], v[2 * step] ...

DEVICE void g_line_of_data(float16* v, int step) {
#if TAPS == 2
  v[0] = v[0] - v[step];
  v[2 * step] = v[step] - v[2 * step];
#else
  const float16 d1 = v[step];
  v[0] = v[0] - v[2 * step];
  v[step] = d1 + v[2 * step];
  v[2 * step] = v[2 * step] - d1;
  v[3 * step] = d1 - v[3 * step];
#endif
}

// TAPS elements become EDGE.
DEVICE void g_line_of_filter(float16* v, int step) {
#if TAPS == 2
  v[2 * step] = v[step];
  v[step] = v[0] + v[step];
#else
  const float16 ends = v[0] + v[2 * step];
  const float16 middle = v[step];
  v[3 * step] = v[2 * step];
  v[step] = 0.5f * (ends + middle);
  v[2 * step] = 0.5f * (ends - middle);
#endif
}

// EDGE elements become two.
DEVICE void g_line_of_sums(float16* v, int step) {
#if TAPS == 2
  v[0] = v[0] + v[step];
  v[step] = v[step] - v[2 * step];
#else
  v[0] = v[0] + v[step] + v[2 * step];
  v[step] = v[step] - v[2 * step] - v[3 * step];
#endif
}

// For the gradient of the filter: two elements become EDGE.
DEVICE void g_line_of_pair(float16* v, int step) {
#if TAPS == 2
  v[2 * step] = v[step];
  v[step] = v[0] + v[step];
#else
  const float16 last = v[step];
  v[3 * step] = last;
  v[step] = 0.5f * (v[0] + last);
  v[2 * step] = 0.5f * (v[0] - last);
#endif
}

// For the gradient of the filter: EDGE elements become TAPS.
DEVICE void g_line_of_taps(float16* v, int step) {
#if TAPS == 2
  v[0] = v[0] + v[step];
  v[step] = v[step] - v[2 * step];
#else
  const float16 sum = v[step] + v[2 * step];
  const float16 difference = v[step] - v[2 * step];
  v[0] = v[0] + sum;
  v[step] = difference;
  v[2 * step] = sum - v[3 * step];
#endif
}

// Turns a square of [EDGE,EDGE] in registers: `lines` lines one way, then all columns.
#define G_SQUARE(line, v, lines)                 \
  {                                              \
    _Pragma("unroll") for (int g_i = 0; g_i < (lines); g_i++) { line((v) + g_i * EDGE, 1); } \
    _Pragma("unroll") for (int g_i = 0; g_i < EDGE; g_i++) { line((v) + g_i, EDGE); }        \
  }

#endif
