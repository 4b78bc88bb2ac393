// SPDX-License-Identifier: Apache-2.0
// The filter gradient of a convolution by Winograd's filtering for OpenCL CPU devices: the MADE results are the taps, the
// "filter" is a tile of TAPS x TAPS pixels of y. Sums for CBLOCK x KBLOCK channels at all points lie in local memory while
// some images go by, TB tiles at a time; only at the end are they transformed back.
//
// Wants of the kernel, beside winograd.h:
//   STORE(row, k, v), STORE16    where row = (r*S + s)*C + c
// and as variables, set before this is included:
//   int part_c, part_k           which block of the channels of x and of y
//   int image, images            from which image to which, not included

#define SHARES (SH * SW)
#define VECS NV
#define WIDE (16 * VECS)
#define CBLOCK (C <= CB ? C : 16 * CEIL(CEIL(C, CEIL(C, CB)), 16))
#define KBLOCK (WIDE * CEIL(CEIL(K, WIDE), CEIL(K, KB)))

// The first column of a vector of y: the last one is moved down, and stores only what is its own.
#define START(k) min((k), K - 16)

// Where a share of the channels begins in a line of data, and a point's data and sums; those between are one line more,
// which keeps points out of each other's cache sets.
#define SHARE (MR * CEIL(CBLOCK, MR))
#define ROWS (SHARES * SHARE)
#define LINE (16 * CEIL(ROWS, 16) + 16)
#define DATA_STEP (TB * LINE + 16)
#define PANELS_STEP (TB * (KBLOCK / 16) + 1)
#define SUMS_STEP (ROWS * (KBLOCK / 16) + 1)
#define TILES_H CEIL(P, TAPS)
#define TILES_W CEIL(Q, TAPS)

  // A last block of fewer than 16 channels writes its vectors from before their line on: the first has room for that too.
  LOCAL float room[16 + POINTS * DATA_STEP];
  LOCAL float* data = room + 16;              // [POINTS,TB,LINE], a line [SHARES,SHARE]
  LOCAL float16 panels[POINTS * PANELS_STEP]; // [POINTS,KBLOCK/WIDE,TB,WIDE]
  LOCAL float16 sums[POINTS * SUMS_STEP];     // [POINTS,KBLOCK/WIDE,ROWS,WIDE]
  const int channel = part_c * CBLOCK;
  const int column = part_k * KBLOCK;
  const int block = min(CBLOCK, C - channel);
  for (int i = 0; i < POINTS * SUMS_STEP; i++) {
    sums[i] = (float16)(0.0f);
  }
  for (int i = 0; i < 16 + POINTS * DATA_STEP; i++) {
    room[i] = 0.0f;
  }

  for (int first = image * TILES_H * TILES_W; first < images * TILES_H * TILES_W; first += TB) {
    const int count = min(TB, images * TILES_H * TILES_W - first);
    for (int m = 0; m < count; m++) {
      const int n = (first + m) / (TILES_H * TILES_W);
      const int i = (first + m - n * TILES_H * TILES_W) / TILES_W;
      const int j = first + m - (n * TILES_H + i) * TILES_W;
      for (int share = 0; share < SHARES; share++) {
        const int down = share / SW;
        const int h = TAPS * i * SH - PH + down;
        const int w0 = TAPS * j * SW - PW + share - down * SW;
        const bool inside = h >= 0 && w0 >= 0 && h + (EDGE - 1) * SH < H && w0 + (EDGE - 1) * SW < W;
        for (int c = 0; c < block; c += 16) {
          const int start = min(c, block - 16);
          GLOBAL const float* from = x + (((long)n * H + h) * W + w0) * C + channel + start;
          float16 v[POINTS];
          if (inside) {
#pragma unroll
            for (int e = 0; e < POINTS; e++) {
              v[e] = vload16(0, from + (e / EDGE * W + e % EDGE) * SH * C);
            }
          } else {
#pragma unroll
            for (int e = 0; e < POINTS; e++) {
              const int row = h + e / EDGE * SH;
              const int at = w0 + e % EDGE * SW;
              v[e] = (float16)(0.0f);
              if (row >= 0 && row < H && at >= 0 && at < W) {
                v[e] = vload16(0, from + (e / EDGE * W + e % EDGE) * SH * C);
              }
            }
          }
          G_SQUARE(g_line_of_data, v, EDGE, EDGE)
#pragma unroll
          for (int e = 0; e < POINTS; e++) {
            vstore16(v[e], 0, data + e * DATA_STEP + m * LINE + share * SHARE + start);
          }
        }
      }
      for (int k = 0; k < KBLOCK; k += 16) {
        LOCAL float16* to = panels + (k / WIDE * TB + m) * VECS + k % WIDE / 16;
        GLOBAL const float* from = y + ((size_t)(n * P + TAPS * i) * Q + TAPS * j) * K;
        float16 v[POINTS];
#pragma unroll
        for (int e = 0; e < TAPS * TAPS; e++) {
          *to = (float16)(0.0f);
          if (TAPS * i + e / TAPS < P && TAPS * j + e % TAPS < Q) {
#if K >= 16
            *to = vload16(0, from + (e / TAPS * Q + e % TAPS) * K + START(column + k));
#else
            for (int lane = 0; lane < K; lane++) {
              ((LOCAL float*)to)[lane] = from[(e / TAPS * Q + e % TAPS) * K + lane];
            }
#endif
          }
          v[e / TAPS * EDGE + e % TAPS] = *to;
        }
        G_SQUARE(g_line_of_filter, v, TAPS, EDGE)
#pragma unroll
        for (int e = 0; e < POINTS; e++) {
          to[e * PANELS_STEP] = v[e];
        }
      }
    }

    for (int e = 0; e < POINTS; e++) {
      for (int k = 0; k < KBLOCK / WIDE; k++) {
        for (int row = 0; row < ROWS; row += MR) {
          LOCAL const float* a = data + e * DATA_STEP + row;
          LOCAL const float16* b = panels + e * PANELS_STEP + k * TB * VECS;
          LOCAL float16* tile = sums + e * SUMS_STEP + (k * ROWS + row) * VECS;
          float16 sum[MR][VECS];
          G_LOAD_SUMS(sum, MR, tile, VECS)
          G_ADD_PRODUCTS(sum, MR, a, 1, LINE, count, b[d * VECS + x])
          G_STORE_SUMS(sum, MR, tile, VECS)
        }
      }
    }
  }

  LOCAL float16 taps[MADE * MADE];
  for (int share = 0; share < SHARES; share++) {
    for (int c = 0; c < block; c++) {
      for (int k = 0; k < min(KBLOCK, K - column); k += 16) {
        LOCAL const float16* from = sums + (k / WIDE * ROWS + share * SHARE + c) * VECS + k % WIDE / 16;
        float16 v[POINTS];
#pragma unroll
        for (int e = 0; e < POINTS; e++) {
          v[e] = from[e * SUMS_STEP];
        }
        G_SQUARE(g_line_of_sums, v, EDGE, MADE)
#pragma unroll
        for (int tap = 0; tap < MADE * MADE; tap++) {
          taps[tap] = v[tap / MADE * EDGE + tap % MADE];
        }
        for (int tap = 0; tap < MADE * MADE; tap++) {
          const int down = tap / MADE;
          const int share_h = share / SW;
          const int r = down * SH + share_h;
          const int s = (tap - down * MADE) * SW + share - share_h * SW;
          const int row = (r * S + s) * C + channel + c;
          const int width = min(16, K - column - k);
#if K >= 16
          if (width == 16) {
            STORE16(row, column + k, taps[tap]);
            continue;
          }
#endif
          LOCAL const float* lanes = (LOCAL const float*)(taps + tap) + (K >= 16 ? 16 - width : 0);
          for (int lane = 0; lane < width; lane++) {
            STORE(row, column + k + lane, lanes[lane]);
          }
        }
      }
    }
  }
