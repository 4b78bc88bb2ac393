// SPDX-License-Identifier: Apache-2.0
// The body of conv2d as a matrix product that is never laid out: rows are the pixels of y, columns the K/G filters of a
// group, the depth is the places (r,s,c) of a filter.

#define A_DOWN 0
#define B_ACROSS 1
#define FETCH_A(v, row, depth) FETCH_PATCH(v, row, depth)
#define FETCH_B(v, column, depth) FETCH_ROW(v, w, depth, PLACES, column)
#define WIDE_A WIDE_X
#define WIDE_B (K_G % 4 == 0)
#define KEPT_A struct g_patch
#define KEEP_A(kept, row) KEEP_PIXEL(kept, row)
#define FIND_A(at, there, kept, depth)   \
  {                                      \
    struct g_patch place;                \
    KEEP_PLACE(place, depth)             \
    FIND_PATCH(at, there, kept, place)   \
  }
#define KEPT_B int
#define KEEP_B(kept, column) KEEP_K(kept, column)
#define FIND_B(at, there, kept, depth) FIND_ROW(at, there, w, kept, depth, PLACES)
#define TILES_ACROSS ((K_G + BN - 1) / BN)

  const int g = GROUP_Y;
  const uint tile = GROUP_X;
  const uint tile_row = tile / TILES_ACROSS;
  const int top = tile_row * BM;
  const int left = (tile - tile_row * TILES_ACROSS) * BN;
  const int slab_begin = 0;
  const int slab_end = (PLACES + BK - 1) / BK;
#include "tile_sums.h"
#pragma unroll
  for (int i = 0; i < TM; i++) {
    const int pixel = ROW(i);
    if (pixel < PIXELS) {
#pragma unroll
      for (int j = 0; j < TN; j++) {
        const int k = COLUMN(j);
        if (k < K_G) {
          EPILOGUE(pixel, g * K_G + k, sum[i][j]);
        }
      }
    }
  }
#ifdef STATISTICS
  uint own_rows = 0; // in a loop of its own: kept through that above it costs up to 32 registers
#pragma unroll
  for (int i = 0; i < TM; i++) {
    own_rows |= ROW(i) < PIXELS ? 1u << i : 0u;
  }
  const int part = tile_row;
  const int first_channel = g * K_G + left;
  const int channels = K_G - left;
#include "tile_statistics.h"
#endif
