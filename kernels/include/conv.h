// SPDX-License-Identifier: Apache-2.0
// What the GPU kernels of the convolution family share, in both dialects: which pixels meet under a tap of the filter,
// and statements that set a float4 v to four neighbours in memory, zeros where there is nothing.
// They are used where int g is the group of channels. A place is (r,s,c) of a filter: (r*S + s) * C/G + c.
#ifndef GANDER_CONV_H
#define GANDER_CONV_H

#define C_G (C / G)
#define K_G (K / G)
#define PLACES (R * S * C_G)
#define PIXELS (N * P * Q)

// Inputs that are not hooked are plain pointers.
#ifndef PROLOGUE_X
#define PLAIN_X 1
#define PROLOGUE_X(i, c) x[(i) * C + (c)]
#endif
#ifndef PROLOGUE_Y
#define PLAIN_Y 1
#define PROLOGUE_Y(i, k) y[(i) * K + (k)]
#endif

// The pixel of x that pixel (n,p,q) of y meets under tap (r,s); -1 if that is outside the image.
DEVICE int g_x_at(uint n, uint p, uint q, uint r, uint s) {
  const int h = (int)(p * SH + r * DH) - PH;
  const int w = (int)(q * SW + s * DW) - PW;
  return h >= 0 && h < H && w >= 0 && w < W ? ((int)n * H + h) * W + w : -1;
}

// The same by the numbers of the pixel and of the tap; -1 too if there is no such pixel or tap.
DEVICE int g_x_under(uint pixel, uint tap) {
  const uint line = pixel / Q;
  const uint n = line / P;
  const uint r = tap / S;
  return pixel < PIXELS && tap < R * S ? g_x_at(n, line - n * P, pixel - line * Q, r, tap - r * S) : -1;
}

// Taps r = first, first + step ... of `taps` are those with `at - r * dilation` a multiple of the stride, which meet
// row (or column) `at` of the padded image.
DEVICE int g_first_tap(int at, int stride, int dilation, int taps) {
  int r = 0;
  while (r < taps && (at - r * dilation) % stride != 0) {
    r++;
  }
  return r;
}
DEVICE int g_tap_step(int stride, int dilation) {
  int step = 1;
  while (step * dilation % stride != 0) {
    step++;
  }
  return step;
}

// Four neighbours of a row (i) of x, all in one group.
#define WIDE_X (PLAIN_X && C_G % 4 == 0)
#if WIDE_X
#define LOAD_X(v, i, c) v = *(GLOBAL const float4*)(x + (i) * C + (c))
#else
#define LOAD_X(v, i, c)         \
  v.x = PROLOGUE_X(i, c);       \
  v.y = PROLOGUE_X(i, (c) + 1); \
  v.z = PROLOGUE_X(i, (c) + 2); \
  v.w = PROLOGUE_X(i, (c) + 3)
#endif

// Sets v to the element of x that a pixel of y meets at a place of the filter, if there is one.
#define PATCH_1(v, pixel, place)                               \
  {                                                            \
    const uint tap = (uint)(place) / C_G;                      \
    const int i = g_x_under(pixel, tap);                       \
    if (i >= 0) {                                              \
      v = PROLOGUE_X(i, g * C_G + (int)((place) - tap * C_G)); \
    }                                                          \
  }
// Where WIDE_X is 1, four neighbouring places are in memory side by side. What of their address is the pixel's, and what
// is the place's:
struct g_patch {
  int at; // of x, with h and w, which may lie outside; those of a place go on top
  int h;
  int w;
};
#define OUTSIDE (-(1 << 30))
#define KEEP_PIXEL(kept, pixel)                          \
  {                                                      \
    const uint i = pixel;                                \
    const uint line = i / Q;                             \
    const uint n = line / P;                             \
    kept.h = (int)(line - n * P) * SH - PH;              \
    kept.w = (int)(i - line * Q) * SW - PW;              \
    kept.at = (((int)n * H + kept.h) * W + kept.w) * C;  \
    if (i >= PIXELS) {                                   \
      kept.h = OUTSIDE;                                  \
    }                                                    \
  }
#define KEEP_PLACE(kept, place)                                               \
  {                                                                           \
    const uint four = place;                                                  \
    const uint tap = four / C_G;                                              \
    const uint r = tap / S;                                                   \
    kept.h = (int)r * DH;                                                     \
    kept.w = (int)(tap - r * S) * DW;                                         \
    kept.at = (kept.h * W + kept.w) * C + g * C_G + (int)(four - tap * C_G);  \
    if (four >= PLACES) {                                                     \
      kept.h = OUTSIDE;                                                       \
    }                                                                         \
  }
#define FIND_PATCH(from, there, kept_pixel, kept_place)      \
  {                                                          \
    const int h = kept_pixel.h + kept_place.h;               \
    const int column = kept_pixel.w + kept_place.w;          \
    there = (uint)h < H && (uint)column < W;                 \
    from = x + (there ? kept_pixel.at + kept_place.at : 0);  \
  }
#if C_G % 4 == 0
#define FETCH_PATCH(v, pixel, place)                   \
  {                                                    \
    const uint four = place;                           \
    const uint tap = four / C_G;                       \
    const int i = g_x_under(pixel, tap);               \
    v.x = v.y = v.z = v.w = 0.0f;                      \
    if (i >= 0) {                                      \
      LOAD_X(v, i, g * C_G + (int)(four - tap * C_G)); \
    }                                                  \
  }
#else
#define FETCH_PATCH(v, pixel, place) \
  {                                  \
    const uint four = place;         \
    const uint at = pixel;           \
    v.x = v.y = v.z = v.w = 0.0f;    \
    PATCH_1(v.x, at, four)           \
    PATCH_1(v.y, at, four + 1)       \
    PATCH_1(v.z, at, four + 2)       \
    PATCH_1(v.w, at, four + 3)       \
  }
#endif

// Four neighbours along k, all in the group, of a row of a plain [rows,K]; with K_G % 4 == 0 also where they are: at
// what is kept of k, and the row.
#define KEEP_K(kept, k) kept = (k) < K_G ? g * K_G + (k) : -1;
#define FIND_ROW(at, there, from, kept, row, rows)  \
  {                                                 \
    const int i = row;                              \
    there = kept >= 0 && i < (rows);                \
    at = from + (there ? i * K + kept : 0);         \
  }
#if K_G % 4 == 0
#define FETCH_ROW(v, from, row, rows, k)                           \
  {                                                                \
    const int i = row;                                             \
    const int first = k;                                           \
    v.x = v.y = v.z = v.w = 0.0f;                                  \
    if (i < (rows) && first < K_G) {                               \
      v = *(GLOBAL const float4*)(from + i * K + g * K_G + first); \
    }                                                              \
  }
#else
#define FETCH_ROW(v, from, row, rows, k)            \
  {                                                 \
    const int i = row;                              \
    const int first = k;                            \
    const int at = i * K + g * K_G + first;         \
    const int count = i < (rows) ? K_G - first : 0; \
    v.x = v.y = v.z = v.w = 0.0f;                   \
    if (count > 0) {                                \
      v.x = from[at];                               \
    }                                               \
    if (count > 1) {                                \
      v.y = from[at + 1];                           \
    }                                               \
    if (count > 2) {                                \
      v.z = from[at + 2];                           \
    }                                               \
    if (count > 3) {                                \
      v.w = from[at + 3];                           \
    }                                               \
  }
#endif

#endif
