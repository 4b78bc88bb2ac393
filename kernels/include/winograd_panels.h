// SPDX-License-Identifier: Apache-2.0
// The body of a convolution by Winograd's filtering for OpenCL CPU devices, from either side. A tile is MADE x MADE
// pixels of what is made. A group takes MC tiles: BLOCK channels at a time it transforms the squares that they read, and
// for each of the POINTS points multiplies them with the transformed filters, which the pass before put into panels; at
// the end the sums are transformed back.
//
// Wants of the kernel, beside winograd.h:
//   CH, COLS             channels that are read, and that are made
//   SHARES               squares that a tile reads of each channel: one for each step of the stride
//   IN_H, IN_W, READ16   the image that is read
//   IN_STEP              rows (and columns) of it from one to the next of a square
//   OUT_STEP             columns from one to the next pixel of a tile
//   WRITE, WRITE16, WRITE_RUN16
// and as variables, set before this is included:
//   int first                      the first tile; int column, the first channel
//   int out_h, out_w               the pixels that tiles make, of one image
//   GLOBAL const float* filters    panels [POINTS, SHARES*CH, WIDE], one behind the other
//   ORIGIN_H(share), ORIGIN_W      where the square of tile 0 begins
//   PIXEL(n, i, j)
//   STATISTICS                     where the statistics of what is made are wanted (statistics.h)

#define BLOCK SMALLER(CH, DB)
#define LINE (16 * CEIL(BLOCK, 16) + 16)
// Whole register tiles, the last of which may reach beyond the group's own.
#define ROOM (MR * CEIL(MC, MR))
#define COLUMNS (WIDE * CEIL(SMALLER(COLS, NC), WIDE))
#define SUMS_LINE (COLUMNS / 16)
// A point's data and sums; one line more each keeps points out of each other's cache sets.
#define DATA_STEP (ROOM * LINE + 16)
#define SUMS_STEP (ROOM * SUMS_LINE + 1)
// The depth in one go: sums begin in registers.
#define ONE_GO (SHARES == 1 && CH <= DB)
// Neighbours in a tile are neighbours in memory: a row of a tile is stored in vectors across them.
#define RUNS (OUT_STEP == 1 && COLS % 16 != 0 && COLS <= COLUMNS)

  // A last block of fewer than 16 channels writes its vectors from before their line on: the first has room for that too.
  LOCAL float room[16 + POINTS * DATA_STEP];
  LOCAL float* data = room + 16;          // [POINTS,ROOM,LINE]
  LOCAL float16 sums[POINTS * SUMS_STEP]; // [POINTS,ROOM,COLUMNS]
  const int tiles_w = (out_w + MADE - 1) / MADE;
  const int tiles_h = (out_h + MADE - 1) / MADE;
  const int bottom = min(first + MC, N * tiles_h * tiles_w);
  const int right = min(column + COLUMNS, COLS);
#if !ONE_GO
  for (int i = 0; i < POINTS * SUMS_STEP; i++) {
    sums[i] = (float16)(0.0f);
  }
#endif

  for (int share = 0; share < SHARES; share++) {
    for (int c0 = 0; c0 < CH; c0 += BLOCK) {
      const int block = min(BLOCK, CH - c0);

      // Whole register tiles: rows beyond the last tile are that tile's once more.
      for (int row = 0; row < MR * CEIL(bottom - first, MR); row++) {
        const int m = min(first + row, bottom - 1);
        const int n = m / (tiles_h * tiles_w);
        const int i = (m - n * tiles_h * tiles_w) / tiles_w;
        const int j = m - (n * tiles_h + i) * tiles_w;
        const int h = MADE * i * IN_STEP + ORIGIN_H(share);
        const int w0 = MADE * j * IN_STEP + ORIGIN_W(share);
        const bool inside =
            h >= 0 && w0 >= 0 && h + (EDGE - 1) * IN_STEP < IN_H && w0 + (EDGE - 1) * IN_STEP < IN_W;
        for (int c = 0; c < block; c += 16) {
          // The last vector is moved down, over channels that are there already.
          const int start = min(c, block - 16);
          const int from = c0 + start;
          const int pixel = (n * IN_H + h) * IN_W + w0;
          float16 v[POINTS];
          if (inside) {
#pragma unroll
            for (int e = 0; e < POINTS; e++) {
              v[e] = READ16(pixel + (e / EDGE * IN_W + e % EDGE) * IN_STEP, from);
            }
          } else {
#pragma unroll
            for (int e = 0; e < POINTS; e++) {
              const int source = h + e / EDGE * IN_STEP;
              const int at = w0 + e % EDGE * IN_STEP;
              v[e] = (float16)(0.0f);
              if (source >= 0 && source < IN_H && at >= 0 && at < IN_W) {
                v[e] = READ16(pixel + (e / EDGE * IN_W + e % EDGE) * IN_STEP, from);
              }
            }
          }
          G_SQUARE(g_line_of_data, v, EDGE, EDGE)
#pragma unroll
          for (int e = 0; e < POINTS; e++) {
            vstore16(v[e], 0, data + e * DATA_STEP + row * LINE + start);
          }
        }
      }

      for (int k = column; k < right; k += WIDE) {
        for (int e = 0; e < POINTS; e++) {
          GLOBAL const float* panel =
              filters + (((size_t)(k / WIDE) * POINTS + e) * SHARES * CH + share * CH + c0) * WIDE;
          for (int row = 0; row < bottom - first; row += MR) {
            LOCAL const float* a = data + e * DATA_STEP + row * LINE;
            LOCAL float16* tile = sums + e * SUMS_STEP + row * SUMS_LINE + (k - column) / 16;
            float16 sum[MR][VECS];
#if ONE_GO
            G_ZERO_SUMS(sum, MR)
#else
            G_LOAD_SUMS(sum, MR, tile, SUMS_LINE)
#endif
            G_ADD_PRODUCTS(sum, MR, a, LINE, 1, block, vload16(d * VECS + x, panel))
            G_STORE_SUMS(sum, MR, tile, SUMS_LINE)
          }
        }
      }
    }
  }

  LOCAL float16 made[MADE * MADE * SUMS_LINE]; // [MADE,MADE,COLUMNS]
#ifdef STATISTICS
  G_STATISTICS(SUMS_LINE)
#endif
#if RUNS
  LOCAL float line[MADE * COLS + 16];
#endif
  for (int m = first; m < bottom; m++) {
    const int n = m / (tiles_h * tiles_w);
    const int top = (m - n * tiles_h * tiles_w) / tiles_w;
    const int left = m - (n * tiles_h + top) * tiles_w;
    const int high = min(MADE, out_h - MADE * top);
    const int wide = min(MADE, out_w - MADE * left);
    for (int k = 0; k < SUMS_LINE; k++) {
      LOCAL const float16* from = sums + (m - first) * SUMS_LINE + k;
      float16 v[POINTS];
#pragma unroll
      for (int e = 0; e < POINTS; e++) {
        v[e] = from[e * SUMS_STEP];
      }
      G_SQUARE(g_line_of_sums, v, EDGE, MADE)
#pragma unroll
      for (int e = 0; e < MADE * MADE; e++) {
        made[e * SUMS_LINE + k] = v[e / MADE * EDGE + e % MADE];
      }
#ifdef STATISTICS
#define OWN(e) ((e) / MADE < high && (e) % MADE < wide)
      if (G_NO_MIDDLE) {
        float16 all = (float16)(0.0f);
#pragma unroll
        for (int e = 0; e < MADE * MADE; e++) {
          if (OWN(e)) {
            all += v[e / MADE * EDGE + e % MADE];
          }
        }
        G_SET_MIDDLE(k, all, high * wide);
      }
#pragma unroll
      for (int e = 0; e < MADE * MADE; e++) {
        if (OWN(e)) {
          G_MEASURE(k, v[e / MADE * EDGE + e % MADE])
        }
      }
#endif
    }
#ifdef STATISTICS
    G_COUNT(high * wide);
#endif
    // A hook's code is long: it appears once, in a loop over pixels that were put down.
    for (int i = 0; i < high; i++) {
      LOCAL const float16* pixels = made + i * MADE * SUMS_LINE;
      const int row = PIXEL(n, MADE * top + i, MADE * left);
#if RUNS
      for (int j = 0; j < wide; j++) {
        for (int k = 0; k < CEIL(COLS, 16); k++) {
          vstore16(pixels[j * SUMS_LINE + k], 0, line + j * COLS + 16 * k);
        }
      }
      int e = 0;
      for (; e + 16 <= wide * COLS; e += 16) {
        WRITE_RUN16(row * COLS + e, vload16(0, line + e));
      }
      for (; e < wide * COLS; e++) {
        WRITE(row + e / COLS, e - e / COLS * COLS, line[e]);
      }
#else
      for (int j = 0; j < wide; j++) {
        for (int k = column; k < right; k += 16) {
          LOCAL const float16* from = pixels + j * SUMS_LINE + (k - column) / 16;
#if COLS >= 16
          if (k + 16 <= COLS) {
            WRITE16(row + j * OUT_STEP, k, *from);
            continue;
          }
#endif
          for (int lane = 0; lane < min(16, COLS - k); lane++) {
            WRITE(row + j * OUT_STEP, k + lane, ((LOCAL const float*)from)[lane]);
          }
        }
      }
#endif
    }
  }
#ifdef STATISTICS
  if (GROUP_Y == 0) {
    G_PUT_PIXELS(GROUP_X);
  }
  for (int k = column; k < right; k += 16) {
    G_PUT_STATISTICS(GROUP_X, (k - column) / 16, k, min(16, right - k))
  }
#endif
