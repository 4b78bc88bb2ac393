// SPDX-License-Identifier: Apache-2.0
// The filter gradient of a convolution by Winograd's filtering for OpenCL CPU devices: the results are the taps, the
// "filter" is a tile of 2 x 2 pixels of y. Sums for CBLOCK x KBLOCK channels at all points lie in local memory while some
// images go by, TILES tiles at a time; only at the end are they transformed back.
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

// Where a share of the channels begins in a line of data; lines end with room for what a vector writes too much.
#define SHARE (16 * CEIL(CBLOCK, 16))
#define ROWS (SHARES * SHARE)
#define LINE (ROWS + 16)
#define TILES_H CEIL(P, 2)
#define TILES_W CEIL(Q, 2)

  LOCAL float data[POINTS * TB * LINE];              // [POINTS,TB,LINE], a line [SHARES,SHARE]
  LOCAL float16 panels[POINTS * TB * (KBLOCK / 16)]; // [POINTS,KBLOCK/WIDE,TB,WIDE]
  LOCAL float16 sums[POINTS * ROWS * (KBLOCK / 16)]; // [POINTS,KBLOCK/WIDE,ROWS,WIDE]
  const int channel = part_c * CBLOCK;
  const int column = part_k * KBLOCK;
  const int block = min(CBLOCK, C - channel);
  for (int i = 0; i < POINTS * ROWS * (KBLOCK / 16); i++) {
    sums[i] = (float16)(0.0f);
  }
  for (int i = 0; i < POINTS * TB * LINE; i++) {
    data[i] = 0.0f;
  }

  for (int first = image * TILES_H * TILES_W; first < images * TILES_H * TILES_W; first += TB) {
    const int count = min(TB, images * TILES_H * TILES_W - first);
    for (int m = 0; m < count; m++) {
      const int n = (first + m) / (TILES_H * TILES_W);
      const int i = (first + m - n * TILES_H * TILES_W) / TILES_W;
      const int j = first + m - (n * TILES_H + i) * TILES_W;
      for (int share = 0; share < SHARES; share++) {
        const int down = share / SW;
        const int h = 2 * i * SH - PH + down;
        const int w0 = 2 * j * SW - PW + share - down * SW;
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
          G_SQUARE(g_line_of_data, v, EDGE)
#pragma unroll
          for (int e = 0; e < POINTS; e++) {
            vstore16(v[e], 0, data + (e * TB + m) * LINE + share * SHARE + start);
          }
        }
      }
      for (int k = 0; k < KBLOCK; k += 16) {
        LOCAL float16* to = panels + (k / WIDE * TB + m) * VECS + k % WIDE / 16;
        float16 v[POINTS];
#pragma unroll
        for (int e = 0; e < 4; e++) {
          const int p = 2 * i + e / 2;
          const int q = 2 * j + e % 2;
          GLOBAL const float* from = y + ((size_t)(n * P + p) * Q + q) * K + column + k;
          *to = (float16)(0.0f);
          if (p < P && q < Q) {
            if (column + k + 16 <= K) {
              *to = vload16(0, from);
            } else {
              for (int lane = 0; lane < K - column - k; lane++) {
                ((LOCAL float*)to)[lane] = from[lane];
              }
            }
          }
          v[e / 2 * EDGE + e % 2] = *to;
        }
        G_SQUARE(g_line_of_pair, v, 2)
#pragma unroll
        for (int e = 0; e < POINTS; e++) {
          to[e * TB * (KBLOCK / 16)] = v[e];
        }
      }
    }

    for (int e = 0; e < POINTS; e++) {
      for (int k = 0; k < KBLOCK / WIDE; k++) {
        for (int row = 0; row < ROWS; row += MR) {
          LOCAL const float* ap = data + e * TB * LINE + row;
          LOCAL const float16* bp = panels + (e * (KBLOCK / WIDE) + k) * TB * VECS;
          LOCAL float16* tile = sums + ((e * (KBLOCK / WIDE) + k) * ROWS + row) * VECS;
          float16 sum[MR][VECS];
#pragma unroll
          for (int i = 0; i < MR; i++) {
#pragma unroll
            for (int v = 0; v < VECS; v++) {
              sum[i][v] = tile[i * VECS + v];
            }
          }
#pragma unroll 4
          for (int m = 0; m < count; m++) {
            float16 bv[VECS];
#pragma unroll
            for (int v = 0; v < VECS; v++) {
              bv[v] = bp[m * VECS + v];
            }
#pragma unroll
            for (int i = 0; i < MR; i++) {
              const float16 av = (float16)(ap[m * LINE + i]);
#pragma unroll
              for (int v = 0; v < VECS; v++) {
                sum[i][v] = fma(av, bv[v], sum[i][v]);
              }
            }
          }
#pragma unroll
          for (int i = 0; i < MR; i++) {
#pragma unroll
            for (int v = 0; v < VECS; v++) {
              tile[i * VECS + v] = sum[i][v];
            }
          }
        }
      }
    }
  }

  LOCAL float16 taps[TAPS * TAPS];
  for (int share = 0; share < SHARES; share++) {
    for (int c = 0; c < block; c++) {
      for (int k = 0; k < min(KBLOCK, K - column); k += 16) {
        LOCAL const float16* from = sums + (k / WIDE * ROWS + share * SHARE + c) * VECS + k % WIDE / 16;
        float16 v[POINTS];
#pragma unroll
        for (int e = 0; e < POINTS; e++) {
          v[e] = from[e * ROWS * (KBLOCK / 16)];
        }
        G_SQUARE(g_line_of_taps, v, EDGE)
#pragma unroll
        for (int tap = 0; tap < TAPS * TAPS; tap++) {
          taps[tap] = v[tap / TAPS * EDGE + tap % TAPS];
        }
        for (int tap = 0; tap < TAPS * TAPS; tap++) {
          const int down = tap / TAPS;
          const int share_h = share / SW;
          const int r = down * SH + share_h;
          const int s = (tap - down * TAPS) * SW + share - share_h * SW;
          const int row = (r * S + s) * C + channel + c;
#if K >= 16
          if (column + k + 16 <= K) {
            STORE16(row, column + k, taps[tap]);
            continue;
          }
#endif
          for (int lane = 0; lane < min(16, K - column - k); lane++) {
            STORE(row, column + k + lane, ((LOCAL const float*)(taps + tap))[lane]);
          }
        }
      }
    }
  }
