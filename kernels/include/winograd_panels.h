// SPDX-License-Identifier: Apache-2.0
// The body of a convolution by Winograd's filtering for OpenCL CPU devices, from either side. A tile is 2 x 2 pixels of
// what is made. A group takes MC tiles: BLOCK channels at a time it transforms the squares that they read, and for each
// of the POINTS points multiplies them with the transformed filters, which the pass before put into panels; at the end
// the sums are transformed back.
//
// Wants of the kernel, beside winograd.h:
//   CH, COLS             channels that are read, and that are made
//   SHARES               squares that a tile reads of each channel: one for each step of the stride
//   IN_H, IN_W, READ16   the image that is read
//   IN_STEP              rows (and columns) of it from one to the next of a square
//   WRITE, WRITE16
// and as variables, set before this is included:
//   int first                      the first tile; int column, the first channel
//   int out_h, out_w               the pixels that tiles make, of one image
//   GLOBAL const float* filters    panels [POINTS, SHARES*CH, WIDE], one behind the other
//   ORIGIN_H(share), ORIGIN_W      where the square of tile 0 begins
//   PIXEL(n, i, j)

#define BLOCK SMALLER(CH, DB)
#define LINE (16 * CEIL(BLOCK, 16) + 16)
// Whole register tiles, the last of which may reach beyond the group's own.
#define ROOM (MR * CEIL(MC, MR))
#define COLUMNS (WIDE * CEIL(SMALLER(COLS, NC), WIDE))

  LOCAL float data[POINTS * ROOM * LINE];             // [POINTS,ROOM,LINE]
  LOCAL float16 sums[POINTS * ROOM * (COLUMNS / 16)]; // [POINTS,ROOM,COLUMNS]
  const int tiles_w = (out_w + 1) / 2;
  const int tiles_h = (out_h + 1) / 2;
  const int bottom = min(first + MC, N * tiles_h * tiles_w);
  const int right = min(column + COLUMNS, COLS);
  for (int i = 0; i < POINTS * ROOM * (COLUMNS / 16); i++) {
    sums[i] = (float16)(0.0f);
  }

  for (int share = 0; share < SHARES; share++) {
    for (int c0 = 0; c0 < CH; c0 += BLOCK) {
      const int block = min(BLOCK, CH - c0);

      // Whole register tiles: rows beyond the last tile are that tile's once more.
      for (int row = 0; row < MR * CEIL(bottom - first, MR); row++) {
        const int m = min(first + row, bottom - 1);
        const int n = m / (tiles_h * tiles_w);
        const int i = (m - n * tiles_h * tiles_w) / tiles_w;
        const int j = m - (n * tiles_h + i) * tiles_w;
        const int h = 2 * i * IN_STEP + ORIGIN_H(share);
        const int w0 = 2 * j * IN_STEP + ORIGIN_W(share);
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
          G_SQUARE(g_line_of_data, v, EDGE)
#pragma unroll
          for (int e = 0; e < POINTS; e++) {
            vstore16(v[e], 0, data + (e * ROOM + row) * LINE + start);
          }
        }
      }

      for (int k = column; k < right; k += WIDE) {
        for (int e = 0; e < POINTS; e++) {
          GLOBAL const float* panel =
              filters + (((size_t)(k / WIDE) * POINTS + e) * SHARES * CH + share * CH + c0) * WIDE;
          for (int row = 0; row < bottom - first; row += MR) {
            LOCAL const float* ap = data + (e * ROOM + row) * LINE;
            LOCAL float16* tile = sums + (e * ROOM + row) * (COLUMNS / 16) + (k - column) / 16;
            float16 sum[MR][VECS];
#pragma unroll
            for (int i = 0; i < MR; i++) {
#pragma unroll
              for (int x = 0; x < VECS; x++) {
                sum[i][x] = tile[i * (COLUMNS / 16) + x];
              }
            }
#pragma unroll 4
            for (int d = 0; d < block; d++) {
              float16 bv[VECS];
#pragma unroll
              for (int x = 0; x < VECS; x++) {
                bv[x] = vload16(d * VECS + x, panel);
              }
#pragma unroll
              for (int i = 0; i < MR; i++) {
                const float16 av = (float16)(ap[i * LINE + d]);
#pragma unroll
                for (int x = 0; x < VECS; x++) {
                  sum[i][x] = fma(av, bv[x], sum[i][x]);
                }
              }
            }
#pragma unroll
            for (int i = 0; i < MR; i++) {
#pragma unroll
              for (int x = 0; x < VECS; x++) {
                tile[i * (COLUMNS / 16) + x] = sum[i][x];
              }
            }
          }
        }
      }
    }
  }

  LOCAL float16 made[4];
  for (int m = first; m < bottom; m++) {
    const int n = m / (tiles_h * tiles_w);
    const int top = (m - n * tiles_h * tiles_w) / tiles_w;
    const int left = m - (n * tiles_h + top) * tiles_w;
    for (int k = column; k < right; k += 16) {
      LOCAL const float16* from = sums + (m - first) * (COLUMNS / 16) + (k - column) / 16;
      float16 v[POINTS];
#pragma unroll
      for (int e = 0; e < POINTS; e++) {
        v[e] = from[e * ROOM * (COLUMNS / 16)];
      }
      G_SQUARE(g_line_of_sums, v, EDGE)
      made[0] = v[0];
      made[1] = v[1];
      made[2] = v[EDGE];
      made[3] = v[EDGE + 1];
      for (int e = 0; e < 4; e++) {
        const int i = 2 * top + e / 2;
        const int j = 2 * left + e % 2;
        if (i >= out_h || j >= out_w) {
          continue;
        }
        const int pixel = PIXEL(n, i, j);
#if COLS >= 16
        if (k + 16 <= COLS) {
          WRITE16(pixel, k, made[e]);
          continue;
        }
#endif
        for (int lane = 0; lane < min(16, COLS - k); lane++) {
          WRITE(pixel, k + lane, ((LOCAL const float*)(made + e))[lane]);
        }
      }
    }
  }
