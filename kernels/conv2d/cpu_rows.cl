//! conv2d: images of few channels: HIGH rows of y are made of a patch of x in local memory, MR pixels x NV vectors at a time
//! device  opencl cpu
//! tune    MR = 8 4 6 12   NV = 2 1 4   HIGH = 8 4 2
//! let     PATCH   ((HIGH - 1) * SH + (R - 1) * DH + 1) * ((Q - 1) * SW + (S - 1) * DW + 1) * (C / G)
//! let     DEPTH   R * S * C / G
//! when    4 * (PATCH + DEPTH * (K / G + 16 * NV) + 64) <= local / 2
//! when    C / G <= 16 && DEPTH <= 512
//! when    MR * NV <= 24 && (NV == 1 || K / G > 16)
//! default simd < 16 ? MR = 6 NV = 1
//! default K / G <= 16 ? NV = 1
//! default simd == 16 && K / G > 32 ? MR = 4 NV = 4
//! prefer  C / G <= 4 ? 10 : 0 - 1
//! grid    ceil(P, HIGH)  N  G
// SPDX-License-Identifier: Apache-2.0

#include "local_copy.h"
#include "sizes.h"
#include "statistics.h"

#define CH (C / G)
#define COLS (K / G)
#define VECS NV
#define WIDE (16 * VECS)
#define PANELS CEIL(COLS, WIDE)
#define DEPTH (R * S * CH)
#define PATCH_H ((HIGH - 1) * SH + (R - 1) * DH + 1)
#define PATCH_W ((Q - 1) * SW + (S - 1) * DW + 1)

// The first column of a vector: one that would cross the last column is moved down, and ends with it.
#define START(k) (COLS < 16 ? (k) : min((k), COLS - 16))

// Pixels of a register tile; those of a row are evened out.
#define ROWS CEIL(Q, CEIL(Q, MR))

// Neighbours in the patch that are neighbours in the filter: RUNS of RUN for each of its rows.
#define RUNS (DW == 1 ? 1 : S)
#define RUN (DW == 1 ? S * CH : CH)

KERNEL void conv2d(PARAMS) {
  const int top = GROUP_X * HIGH;
  const int n = GROUP_Y;
  const int g = GROUP_Z;
  LOCAL float patch[PATCH_H * PATCH_W * CH];    // [PATCH_H,PATCH_W,CH], zeros around the image
  LOCAL float16 filters[PANELS * DEPTH * VECS]; // [PANELS,R,S,CH,WIDE], zeros beyond fewer than 16 columns
  LOCAL float16 sums[ROWS * VECS];
#ifdef STATISTICS
  G_STATISTICS(PANELS * VECS)
#endif

  for (int i = 0; i < PATCH_H; i++) {
    LOCAL float* to = patch + i * PATCH_W * CH;
    const int h = top * SH - PH + i;
    g_zero_local(to, PATCH_W * CH);
    const int columns = h >= 0 && h < H ? min(W, PATCH_W - PW) : 0;
#if PLAIN_X && G == 1
    g_copy_local(to + PW * C, x + (size_t)(n * H + h) * W * C, columns * C);
#else
    for (int j = 0; j < columns; j++) {
      for (int c = 0; c < CH; c++) {
        to[(PW + j) * CH + c] = PROLOGUE_X((n * H + h) * W + j, g * CH + c);
      }
    }
#endif
  }
  for (int d = 0; d < DEPTH; d++) {
    for (int k = 0; k < PANELS * WIDE; k += 16) {
      LOCAL float16* to = filters + (k / WIDE * DEPTH + d) * VECS + k % WIDE / 16;
      GLOBAL const float* from = w + d * K + g * COLS + START(k);
      if (COLS >= 16) {
        *to = vload16(0, from);
      } else {
        for (int lane = 0; lane < 16; lane++) {
          ((LOCAL float*)to)[lane] = k + lane < COLS ? from[lane] : 0.0f;
        }
      }
    }
  }

  for (int p = 0; p < min(HIGH, P - top); p++) {
    for (int panel = 0; panel < PANELS; panel++) {
      for (int row = 0; row < Q; row += ROWS) {
        // The last tile of a row is moved back where it would cross the edge; it stores only what is its own.
        const int q = min(row, Q - ROWS);
        float16 sum[ROWS][VECS];
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
#pragma unroll
          for (int v = 0; v < VECS; v++) {
            sum[i][v] = (float16)(0.0f);
          }
        }
        LOCAL const float16* bp = filters + panel * DEPTH * VECS;
        for (int r = 0; r < R; r++) {
          for (int run = 0; run < RUNS; run++) {
            LOCAL const float* ap = patch + ((p * SH + r * DH) * PATCH_W + q * SW + run * DW) * CH;
#pragma unroll 4
            for (int d = 0; d < RUN; d++) {
              float16 bv[VECS];
#pragma unroll
              for (int v = 0; v < VECS; v++) {
                bv[v] = bp[d * VECS + v];
              }
#pragma unroll
              for (int i = 0; i < ROWS; i++) {
                const float16 av = (float16)(ap[i * SW * CH + d]);
#pragma unroll
                for (int v = 0; v < VECS; v++) {
                  sum[i][v] = fma(av, bv[v], sum[i][v]);
                }
              }
            }
            bp += RUN * VECS;
          }
        }
#ifdef STATISTICS
        if (p == 0 && row == 0) {
#pragma unroll
          for (int v = 0; v < VECS; v++) {
            float16 all = sum[0][v];
#pragma unroll
            for (int i = 1; i < ROWS; i++) {
              all += sum[i][v];
            }
            G_SET_MIDDLE(panel * VECS + v, all, ROWS);
          }
        }
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
          if (i >= row - q) {
#pragma unroll
            for (int v = 0; v < VECS; v++) {
              G_MEASURE(panel * VECS + v, sum[i][v])
            }
          }
        }
#endif
#if PLAIN_EPILOGUE && COLS >= 16
        // What two tiles or vectors share is stored twice, to the same bits: that is cheaper than to choose.
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
          GLOBAL float* to = y + (size_t)((n * P + top + p) * Q + q + i) * K + g * COLS;
#pragma unroll
          for (int v = 0; v < VECS; v++) {
            vstore16(sum[i][v], 0, to + START(panel * WIDE + 16 * v));
          }
        }
#else
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
#pragma unroll
          for (int v = 0; v < VECS; v++) {
            sums[i * VECS + v] = sum[i][v];
          }
        }
        for (int i = row - q; i < ROWS; i++) {
          const int pixel = (n * P + top + p) * Q + q + i;
          for (int v = 0; v < VECS; v++) {
            const int k = panel * WIDE + 16 * v;
#if COLS >= 16
            if (k + 16 <= COLS) {
              EPILOGUE16(pixel, g * COLS + k, sums[i * VECS + v]);
              continue;
            }
#endif
            for (int lane = 0; lane < min(16, COLS - k); lane++) {
              EPILOGUE(pixel, g * COLS + k + lane, ((LOCAL const float*)(sums + i * VECS + v))[lane + k - START(k)]);
            }
          }
        }
#endif
      }
    }
  }
#ifdef STATISTICS
  G_COUNT(min(HIGH, P - top) * Q);
  const int part = n * CEIL(P, HIGH) + GROUP_X;
  if (g == 0) {
    G_PUT_PIXELS(part);
  }
  for (int k = 0; k < COLS; k += 16) {
    G_PUT_STATISTICS(part, k / 16, g * COLS + START(k), min(16, COLS - START(k)))
  }
#endif
}
