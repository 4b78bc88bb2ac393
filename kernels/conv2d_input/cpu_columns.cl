//! conv2d_input: images of few channels: pixels of y times columns, one a tap and channel, added up into HIGH rows by a group
//! device  opencl cpu
//! tune    MR = 8 4 2   HIGH = 64 16 4
//! let     TAPS    ceil(S, SW)
//! let     VECS    ceil(R * TAPS * SW * C, 16)
//! let     RING    ((R - 1) * DH / SH + 2)
//! let     LINE    (TAPS + max(Q, ceil(W + PW, SW))) * 16 * VECS
//! when    G == 1 && DW == 1 && K >= 16 && SW * C >= 2 && SW * C <= 16 && MR * VECS <= 24
//! when    4 * (RING * LINE + K * (16 * VECS + MR) + W * C + 2 * SW * C + 32) <= local
//! default VECS > 6 || simd < 16 && VECS > 1 ? MR = 2
//! default VECS > 3 || simd < 16 ? MR = 4
//! default N * ceil(H, 64) < 4 * units ? HIGH = 16
//! prefer  SW > 1 || C == 3 || C == 4 ? 30 : 0 - 1
//! grid    ceil(H, HIGH)  N
//! note    takes three quarters of cpu_few.cl's time where columns fill vectors; one channel's at stride 1 do not
// SPDX-License-Identifier: Apache-2.0

#include "conv_classes.h"
#include "local_copy.h"
#include "register_tile.h"
#include "sizes.h"
#include "turn.h"

// Neighbours q and q + 1 of a row of y have parts in the image that begin STEP numbers apart; a part is TAPS of STEP.
#define STEP (SW * C)
#define TAPS CEIL(S, SW)
#define PART (TAPS * STEP)
#define VECS CEIL(R * PART, 16)

// Rows of y that meet one row of the image: so many at most, among so many that follow each other.
#define TAPS_H (DH == 1 ? CEIL(R, SH) : R)
#define RING ((R - 1) * DH / SH + 1)

// Blocks of STEP numbers that cover a row of the image, the first of which is begun by column FIRST of y.
#define FIRST (PW / SW)
#define BLOCKS ((W - 1 + PW) / SW - FIRST + 1)
#define SKEW ((PW - FIRST * SW) * C)

// A row of products has zeros before and behind, for blocks that have parts of fewer columns.
#define LEFT LARGER(TAPS - 1 - FIRST, 0)
#define LINE ((LEFT + LARGER(Q, FIRST + BLOCKS)) * VECS)

// Pixels of a register tile; those of a row are evened out.
#define ROWS CEIL(Q, CEIL(Q, MR))

// The first channel of a vector; the last vector is moved down.
#define START(k) min(k, K - 16)

#if SW * C <= 4
#define BLOCK float4
#define LOAD_BLOCK vload4
#define STORE_BLOCK vstore4
#elif SW * C <= 8
#define BLOCK float8
#define LOAD_BLOCK vload8
#define STORE_BLOCK vstore8
#else
#define BLOCK float16
#define LOAD_BLOCK vload16
#define STORE_BLOCK vstore16
#endif

KERNEL void conv2d_input(PARAMS) {
  LOCAL float16 filters[K * VECS];               // [K,R,TAPS*SW,C], zeros beyond column S and the last number
  LOCAL float16 products[(RING + 1) * LINE + 1]; // [RING rows of y,columns,R,TAPS*SW,C], then a row of zeros
  LOCAL float line[BLOCKS * STEP + 16];          // a row of the image, from SKEW on
  LOCAL float pixels[ROWS * K];                  // a tile of y that comes through a hook
  const int n = GROUP_Y;
  const int top = GROUP_X * HIGH;

  for (int v = 0; v < VECS; v++) {
    for (int k = 0; k < K; k += 16) {
      float16 columns[16];
#pragma unroll
      for (int lane = 0; lane < 16; lane++) {
        const int r = (16 * v + lane) / PART;
        const int i = 16 * v + lane - r * PART;
        columns[lane] = (float16)(0.0f);
        if (r < R && i < S * C) {
          columns[lane] = vload16(0, w + (size_t)(r * S * C + i) * K + START(k));
        }
      }
      g_turn16(columns);
#pragma unroll
      for (int i = 0; i < 16; i++) {
        filters[(START(k) + i) * VECS + v] = columns[i];
      }
    }
  }
  g_zero_local((LOCAL float*)products, 16 * ((RING + 1) * LINE + 1));

  int p = (max(top + PH - (R - 1) * DH, 0) + SH - 1) / SH;
  for (int h = top; h < min(top + HIGH, H); h++) {
    for (; p <= min((h + PH) / SH, P - 1); p++) {
      LOCAL float16* to = products + (p - p / RING * RING) * LINE + LEFT * VECS;
      for (int column = 0; column < Q; column += ROWS) {
        // The last pixels of a row are done once more where they do not fill a tile.
        const int q = min(column, Q - ROWS);
        const int pixel = (n * P + p) * Q + q;
#if PLAIN_Y
        GLOBAL const float* from = y + (size_t)pixel * K;
#else
        for (int i = 0; i < ROWS; i++) {
          for (int k = 0; k < K; k += 16) {
            vstore16(PROLOGUE_Y16(pixel + i, START(k)), 0, pixels + i * K + START(k));
          }
        }
        LOCAL const float* from = pixels;
#endif
        float16 sum[ROWS][VECS];
        G_ZERO_SUMS(sum, ROWS)
        for (int k = 0; k + 16 <= K; k += 16) {
#if PLAIN_Y
          // Pixels are walked side by side, which processors do not foresee: those of the next tile are asked for here.
#pragma unroll
          for (int i = 0; i < ROWS; i++) {
            G_PREFETCH(from + (ROWS + i) * K + k);
          }
#endif
          G_ADD_PRODUCTS(sum, ROWS, from + k, K, 1, 16, filters[(k + d) * VECS + x])
        }
        G_ADD_PRODUCTS(sum, ROWS, from + K / 16 * 16, K, 1, K % 16, filters[(K / 16 * 16 + d) * VECS + x])
        G_STORE_SUMS(sum, ROWS, to + q * VECS, VECS)
      }
    }

    // Parts that meet are read side by side: to add them to the line one after the other would wait for each store.
    LOCAL const float* parts[TAPS_H];
    int count = 0;
#pragma unroll
    for (int i = 0; i < TAPS_H; i++) {
      parts[i] = (LOCAL const float*)(products + RING * LINE);
    }
    for (int r = 0; r < R; r++) {
      const int row = g_step_back(h + PH - r * DH, SH);
      if (row >= 0 && row < P) {
        parts[count++] = (LOCAL const float*)(products + (row - row / RING * RING) * LINE) + r * PART;
      }
    }
    for (int b = 0; b < BLOCKS; b++) {
      BLOCK sum = (BLOCK)(0.0f);
#pragma unroll
      for (int i = 0; i < TAPS_H; i++) {
#pragma unroll
        for (int tap = 0; tap < TAPS; tap++) {
          sum += LOAD_BLOCK(0, parts[i] + (LEFT + FIRST + b - tap) * 16 * VECS + tap * STEP);
        }
      }
      STORE_BLOCK(sum, 0, line + b * STEP);
    }
    const int row = (n * H + h) * W;
    int e = 0;
    for (; e + 16 <= W * C; e += 16) {
      EPILOGUE_RUN16(row * C + e, vload16(0, line + SKEW + e));
    }
    for (; e < W * C; e++) {
      EPILOGUE(row + e / C, e - e / C * C, line[SKEW + e]);
    }
  }
}
