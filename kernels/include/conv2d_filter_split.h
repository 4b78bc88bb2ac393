// SPDX-License-Identifier: Apache-2.0
// The body of the first pass of conv2d_filter's split kernels: rows are the places (r,s,c) of a filter, columns the K/G
// filters of a group, the depth is the pixels of y, of which a group takes one of SPLIT parts: parts [SPLIT,PLACES,K].

#define A_DOWN 1
#define B_ACROSS 1
#define FETCH_A(v, row, depth) FETCH_PATCH(v, depth, row)
#define FETCH_B(v, column, depth) FETCH_ROW(v, y, depth, PIXELS, column)
#define WIDE_A WIDE_X
#define WIDE_B (K_G % 4 == 0)
#define KEPT_A struct g_patch
#define KEEP_A(kept, row) KEEP_PLACE(kept, row)
#define FIND_A(at, there, kept, depth)   \
  {                                      \
    struct g_patch pixel;                \
    KEEP_PIXEL(pixel, depth)             \
    FIND_PATCH(at, there, pixel, kept)   \
  }
#define KEPT_B int
#define KEEP_B(kept, column) KEEP_K(kept, column)
#define FIND_B(at, there, kept, depth) FIND_ROW(at, there, y, kept, depth, PIXELS)
#define TILES_ACROSS ((K_G + BN - 1) / BN)
#define SLABS ((PIXELS + BK - 1) / BK)
#define SLABS_A_PART ((SLABS + SPLIT - 1) / SPLIT)

  const int g = GROUP_Y;
  const int part = GROUP_Z;
  const uint tile = GROUP_X;
  const uint tile_row = tile / TILES_ACROSS;
  const int top = tile_row * BM;
  const int left = (tile - tile_row * TILES_ACROSS) * BN;
  const int slab_begin = min(part * SLABS_A_PART, SLABS);
  const int slab_end = min(slab_begin + SLABS_A_PART, SLABS);
#include "tile_sums.h"
#pragma unroll
  for (int i = 0; i < TM; i++) {
    const int place = ROW(i);
    if (place < PLACES) {
#pragma unroll
      for (int j = 0; j < TN; j++) {
        const int k = COLUMN(j);
        if (k < K_G) {
          parts[((size_t)part * PLACES + place) * K + g * K_G + k] = sum[i][j];
        }
      }
    }
  }
