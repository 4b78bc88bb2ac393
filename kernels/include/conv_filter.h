// SPDX-License-Identifier: Apache-2.0
// The filter gradient of a convolution for OpenCL CPU devices: sums for CBLOCK x KBLOCK channels and all taps lie in
// local memory while some images go by, a chunk of rows at a time. A chunk of x is copied with the zeros around it, so
// that the inner loop knows no edges; there the (s,c) of a row of the filter are neighbours, a register tile takes
// LINES of them. A chunk of y is copied into panels of WIDE columns, unless one panel or two hold all of them: then it is
// read where it lies, its first fetch behind the sums.
//
// Wants of the kernel, beside register_tile.h:
//   STORE(row, k, v), STORE16    where row = (r*S + s)*C/G + c and k = the channel of y
// and as variables, set before this is included:
//   int g                        group of channels
//   int part_c, part_k           which block of the group's channels of x and of y
//   int image, images            from which image to which, not included

#define CH (C / G)
#define COLS (K / G)
#define VECS NV
#define WIDE (16 * VECS)
#define CBLOCK (CH <= CB ? CH : 16 * CEIL(CEIL(CH, CEIL(CH, CB)), 16))
#define KBLOCK (WIDE * CEIL(CEIL(COLS, WIDE), CEIL(COLS, KB)))

// A chunk has HIGH rows of y, or if those are all there are, of as many images as make PX pixels.
#define HIGH CEIL(P, CEIL(P, LARGER(1, PX / Q)))
#define DEEP (HIGH == P ? SMALLER(N, LARGER(1, PX / (P * Q))) : 1)
#define PIXELS (DEEP * HIGH * Q)
#define PATCH_H ((HIGH - 1) * SH + (R - 1) * DH + 1)
#define PATCH_W ((Q - 1) * SW + (S - 1) * DW + 1)

// Neighbours in the patch that are neighbours in the filter: RUNS of RUN for each of its rows, in tiles of LINES.
#define RUNS (DW == 1 ? 1 : S)
#define RUN (DW == 1 ? S * CBLOCK : CBLOCK)
#define TILES CEIL(RUN, MR)
#define LINES CEIL(RUN, TILES)

#define Y_IN_PLACE (COLS >= 16 && COLS <= KBLOCK && KBLOCK <= 64)

// The first column of a vector of y in place: the last one is moved down, and stores only what is its own.
#define START(k) min((k), COLS - 16)

// Vector x of pixel d of a row.
#if Y_IN_PLACE
#define Y16(d, x) vload16(0, bp + (d) * K + START(k * WIDE + 16 * (x)))
#else
#define Y16(d, x) bp[(d) * VECS + (x)]
#endif

  LOCAL float patch[DEEP * PATCH_H * PATCH_W * CBLOCK + LINES]; // [DEEP,PATCH_H,PATCH_W,CBLOCK]
#if !Y_IN_PLACE
  LOCAL float16 panels[PIXELS * KBLOCK / 16];                   // [KBLOCK/WIDE,PIXELS,WIDE]
#endif
  LOCAL float16 sums[R * RUNS * TILES * LINES * KBLOCK / 16];   // [R,RUNS,TILES,KBLOCK/WIDE,LINES,WIDE]

  for (int i = 0; i < R * RUNS * TILES * LINES * KBLOCK / 16; i++) {
    sums[i] = (float16)(0.0f);
  }
  g_zero_local(patch, DEEP * PATCH_H * PATCH_W * CBLOCK + LINES);
  const int channel = part_c * CBLOCK;
  const int column = part_k * KBLOCK;
  const int block = min(CBLOCK, CH - channel);

  for (int n0 = image; n0 < images; n0 += DEEP) {
    const int deep = min(DEEP, images - n0);
    for (int top = 0; top < P; top += HIGH) {
      const int high = min(HIGH, P - top);

      LOCAL float* to = patch;
      for (int n = n0; n < n0 + deep; n++) {
        for (int i = 0; i < PATCH_H; i++) {
          const int h = top * SH - PH + i;
          const int columns = h >= 0 && h < H ? min(W, PATCH_W - PW) : 0;
          GLOBAL const float* from = x + (size_t)(n * H + h) * W * C + g * CH + channel;
#if CBLOCK == C
          g_zero_local(to, PATCH_W * C);
          g_copy_local(to + PW * C, from, columns * C);
#else
          if (columns < PATCH_W || block < CBLOCK) {
            g_zero_local(to, PATCH_W * CBLOCK);
          }
          for (int j = 0; j < columns; j++) {
            g_copy_local(to + (PW + j) * CBLOCK, from + j * C, block);
          }
#endif
          to += PATCH_W * CBLOCK;
        }
      }

#if !Y_IN_PLACE
      for (int k = 0; k < KBLOCK; k += 16) {
        LOCAL float16* lanes = panels + (k / WIDE) * PIXELS * VECS + k % WIDE / 16;
        const int width = COLS - column - k;
        for (int n = n0; n < n0 + deep; n++) {
          GLOBAL const float* from = y + (size_t)(n * P + top) * Q * K + g * COLS + column + k;
          for (int pixel = 0; pixel < high * Q; pixel++) {
            if (width >= 16) {
              *lanes = vload16(0, from);
            } else {
              for (int lane = 0; lane < 16; lane++) {
                ((LOCAL float*)lanes)[lane] = lane < width ? from[lane] : 0.0f;
              }
            }
            lanes += VECS;
            from += K;
          }
        }
      }
#endif

      LOCAL float16* tile = sums;
      for (int r = 0; r < R; r++) {
        for (int run = 0; run < RUNS; run++) {
          for (int t = 0; t < TILES; t++) {
            for (int k = 0; k < KBLOCK / WIDE; k++) {
              float16 sum[LINES][VECS];
              G_LOAD_SUMS(sum, LINES, tile, VECS)
#if Y_IN_PLACE
              GLOBAL const float* bp = y + (size_t)(n0 * P + top) * Q * K + g * COLS;
#else
              LOCAL const float16* bp = panels + k * PIXELS * VECS;
#endif
              for (int n = 0; n < deep; n++) {
                for (int p = 0; p < high; p++) {
                  LOCAL const float* ap =
                      patch + ((n * PATCH_H + p * SH + r * DH) * PATCH_W + run * DW) * CBLOCK + t * LINES;
                  G_ADD_PRODUCTS(sum, LINES, ap, 1, SW * CBLOCK, Q, Y16(d, x))
                  bp += Q * (Y_IN_PLACE ? K : VECS);
                }
              }
              G_STORE_SUMS(sum, LINES, tile, VECS)
              tile += LINES * VECS;
            }
          }
        }
      }
    }
  }

  LOCAL const float16* tile = sums;
  for (int r = 0; r < R; r++) {
    for (int run = 0; run < RUNS; run++) {
      for (int t = 0; t < TILES; t++) {
        for (int k = column; k < column + KBLOCK; k += WIDE) {
          for (int j = t * LINES; j < (t + 1) * LINES; j++) {
            const int right = j / CBLOCK;
            const int s = run + right;
            const int c = j - right * CBLOCK;
            if (j < RUN && c < block) {
              const int row = (r * S + s) * CH + channel + c;
              for (int v = 0; v < VECS; v++) {
                const int width = COLS - k - 16 * v;
#if COLS >= 16
                if (width >= 16) {
                  STORE16(row, g * COLS + k + 16 * v, tile[v]);
                  continue;
                }
#endif
                for (int lane = 0; lane < width; lane++) {
                  STORE(row, g * COLS + k + 16 * v + lane, ((LOCAL const float*)(tile + v))[lane + (Y_IN_PLACE ? 16 - width : 0)]);
                }
              }
            }
            tile += VECS;
          }
        }
      }
    }
  }
