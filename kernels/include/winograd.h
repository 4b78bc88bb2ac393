// SPDX-License-Identifier: Apache-2.0
// Winograd's minimal filtering (Lavin and Gray 2016, after Winograd 1980) for OpenCL CPU devices: MADE results of a filter
// of TAPS taps from EDGE = MADE + TAPS - 1 products instead of MADE * TAPS, along both axes. The results are a product of
// polynomials, got from its values at EDGE points: data and filter are taken there by one matrix each, multiplied, and
// taken back by a third. With p one of the finite points, and f = the product of (p - q) over the other ones q:
//
//   filter   (g0 + g1 p + g2 p^2 ...) / f      at infinity its last tap
//   data     the coefficients of the product of (x - q), which for infinity has all finite points
//   sums     result i adds p^i times the product there; the last one adds that at infinity
//
// EDGE 3 has the points 0, 1 and infinity, EDGE 4 also -1: all their numbers are halves at most, so that whole numbers
// stay exact. EDGE 6 has 0, +-3/4, +-3/2 and infinity, EDGE 5 all of these but -3/2: among small binary fractions these
// lose the fewest bits (the pairs 1 and 2 of Lavin and Gray five times as many), and a pair shares its even and odd powers.
//
// A result takes nothing from numbers outside its own sum. The gradient of the filter is the same with a tile of y as the
// filter and the taps as results.
#ifndef GANDER_WINOGRAD_H
#define GANDER_WINOGRAD_H

#define EDGE (MADE + TAPS - 1)
#define POINTS (EDGE * EDGE)

// The points a and b, their squares, and the f of 0, a, -a and b.
#define G_A 0.75f
#define G_B 1.5f
#define G_A2 0.5625f
#define G_B2 2.25f
#if EDGE == 5
#define G_F0 (G_A2 * G_B)
#define G_FA (2.0f * G_A2 * (G_A - G_B))
#define G_FA_NEGATIVE (-2.0f * G_A2 * (G_A + G_B))
#define G_FB (G_B * (G_B2 - G_A2))
#else
#define G_F0 (G_A2 * G_B2)
#define G_FA (2.0f * G_A2 * (G_A2 - G_B2))
#define G_FA_NEGATIVE G_FA
#define G_FB (2.0f * G_B2 * (G_B2 - G_A2))
#endif

DEVICE float16 g_times(float16 v, float factor, float16 more) {
  return fma(v, (float16)(factor), more);
}

// Each of these turns one line of a square: elements v[0], v[step], v[2 * step] ...

// EDGE elements of data.
DEVICE void g_line_of_data(float16* v, int step) {
  const float16 d1 = v[step];
  const float16 d2 = v[2 * step];
#if EDGE == 3
  v[0] = v[0] - d1;
  v[2 * step] = d2 - d1;
#elif EDGE == 4
  v[0] = v[0] - d2;
  v[step] = d2 + d1;
  v[2 * step] = d2 - d1;
  v[3 * step] = v[3 * step] - d1;
#elif EDGE == 5
  const float16 d3 = v[3 * step];
  const float16 even = g_times(d2, -G_B, d3);
  const float16 odd = g_times(d1, -G_B, d2);
  v[0] = g_times(g_times(v[0], -G_B, d1), -G_A2, even);
  v[step] = g_times(odd, G_A, even);
  v[2 * step] = g_times(odd, -G_A, even);
  v[4 * step] = g_times(odd, -G_A2, g_times(d3, -G_B, v[4 * step]));
  v[3 * step] = g_times(d1, -G_A2, d3);
#else
  const float16 d3 = v[3 * step];
  const float16 d4 = v[4 * step];
  const float16 even_a = g_times(d2, -G_B2, d4);
  const float16 even_b = g_times(d2, -G_A2, d4);
  const float16 odd_a = g_times(d1, -G_B2, d3);
  const float16 odd_b = g_times(d1, -G_A2, d3);
  v[0] = g_times(v[0], G_F0, g_times(d2, -(G_A2 + G_B2), d4));
  v[step] = g_times(odd_a, G_A, even_a);
  v[2 * step] = g_times(odd_a, -G_A, even_a);
  v[3 * step] = g_times(odd_b, G_B, even_b);
  v[4 * step] = g_times(odd_b, -G_B, even_b);
  v[5 * step] = g_times(d1, G_F0, g_times(d3, -(G_A2 + G_B2), v[5 * step]));
#endif
}

// TAPS elements become EDGE.
DEVICE void g_line_of_filter(float16* v, int step) {
  const float16 g0 = v[0];
  const float16 last = v[(TAPS - 1) * step];
#if EDGE == 3
  v[step] = g0 + last;
  v[2 * step] = last;
#elif EDGE == 4
  const float16 odd = v[step];
  const float16 even = TAPS > 2 ? g0 + last : g0;
  v[step] = 0.5f * (even + odd);
  v[2 * step] = 0.5f * (even - odd);
  v[3 * step] = last;
#else
  float16 even_a = g0;
  float16 even_b = g0;
  float16 odd_a = v[step];
  float16 odd_b = odd_a;
#if TAPS > 2
  even_a = g_times(v[2 * step], G_A2, even_a);
  even_b = g_times(v[2 * step], G_B2, even_b);
#endif
#if TAPS > 3
  odd_a = g_times(v[3 * step], G_A2, odd_a);
  odd_b = g_times(v[3 * step], G_B2, odd_b);
#endif
#if TAPS > 4
  even_a = g_times(v[4 * step], G_A2 * G_A2, even_a);
  even_b = g_times(v[4 * step], G_B2 * G_B2, even_b);
#endif
  even_b *= 1.0f / G_FB;
  v[0] = g0 * (1.0f / G_F0);
  v[step] = g_times(odd_a, G_A / G_FA, even_a * (1.0f / G_FA));
  v[2 * step] = g_times(odd_a, -G_A / G_FA_NEGATIVE, even_a * (1.0f / G_FA_NEGATIVE));
  v[3 * step] = g_times(odd_b, G_B / G_FB, even_b);
#if EDGE == 6
  v[4 * step] = g_times(odd_b, -G_B / G_FB, even_b);
#endif
  v[(EDGE - 1) * step] = last;
#endif
}

// EDGE elements become MADE.
DEVICE void g_line_of_sums(float16* v, int step) {
  const float16 last = v[(EDGE - 1) * step];
#if EDGE == 3
  v[0] = v[0] + v[step];
  v[step] = v[step] + last;
#else
  const float16 sum_a = v[step] + v[2 * step];
  const float16 odd_a = v[step] - v[2 * step];
#if EDGE == 4
  v[0] = v[0] + sum_a;
  v[step] = MADE > 2 ? odd_a : odd_a + last;
  v[2 * step] = sum_a + last;
#else
#if EDGE == 5
  const float16 sum_b = v[3 * step];
  const float16 odd_b = v[3 * step];
#else
  const float16 sum_b = v[3 * step] + v[4 * step];
  const float16 odd_b = v[3 * step] - v[4 * step];
#endif
  v[0] = v[0] + (sum_a + sum_b);
  v[step] = g_times(odd_b, G_B, G_A * odd_a);
#if MADE > 2
  v[2 * step] = g_times(sum_b, G_B2, G_A2 * sum_a);
#endif
#if MADE > 3
  v[3 * step] = g_times(odd_b, G_B * G_B2, G_A * G_A2 * odd_a);
#endif
#if MADE > 4
  v[4 * step] = g_times(sum_b, G_B2 * G_B2, G_A2 * G_A2 * sum_a);
#endif
  v[(MADE - 1) * step] += last;
#endif
#endif
}

// Turns a square of [EDGE,EDGE] in registers: `rows` of its lines one way, then `columns` the other.
#define G_SQUARE(line, v, rows, columns)                                                       \
  {                                                                                            \
    _Pragma("unroll") for (int g_i = 0; g_i < (rows); g_i++) { line((v) + g_i * EDGE, 1); }    \
    _Pragma("unroll") for (int g_i = 0; g_i < (columns); g_i++) { line((v) + g_i, EDGE); }     \
  }

#endif
