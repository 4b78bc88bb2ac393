//! matmul: MR x NV float16 sums in registers walk over MC x NC outputs; A and B are read in place or copied
//! device  opencl cpu
//! when    min(M, MR) * NV <= 24
//! when    (MC <= 64 || MC < 2 * M) && (NC == 32 || N > 32) && (PACK % 2 == 0 || !TB)
//! when    KC == 1024 || K > (local < 409600 ? 256 : 1024)
//! when    4 * (16 * NV * (min(K, KC) + MR) + (K > KC ? (MC + MR) * (NC + 16 * NV) : 0)) <= local
//! when    4 * (16 * NV * min(K, KC) + 96 * (min(K, min(KC, 512)) + 4 * NC + 16 * NV + 32)) <= local
//! tune    MR = 8 4 6   NV = 2 1 4   MC = 64 16 32 128 512   NC = 32 64   KC = 1024 256   PACK = 0 1 2 3
//! default simd < 16 ? MR = 6 NV = 1
//! default simd < 16 && TA && M % 256 == 0 && !TB && N % 256 == 0 ? PACK = 3
//! default simd < 16 && TA && M % 256 == 0 ? PACK = 2
//! default simd < 16 && !TA && !TB && N % 256 == 0 && M >= 512 && B * ceil(M, 512) * ceil(N, 32) >= 4 * units ? MC = 512 NC = 32
//! default simd < 16 && !TB && N % 256 == 0 && M >= 64 ? PACK = 1 MC = 128
//! default local < 409600 && K > 256 ? KC = 256
//! default N <= 112 && ceil(N, 16) % 2 == 1 ? NV = 1
//! default !TB && M <= 4 && N > 32 ? NV = 4 NC = 64
//! default !TB && M >= 512 && K >= 256 && B * ceil(M, 512) * ceil(N, 64) >= 4 * units ? MC = 512 NC = 64 PACK = 1
//! default TB && M > 256 && B * ceil(M, 512) * ceil(N, 32) >= 4 * units ? MC = 512
//! default TB && M > 64 && B * ceil(M, 128) * ceil(N, 32) >= 4 * units ? MC = 128
//! default B * ceil(M, 64) * ceil(N, 32) <= 2 * units ? MC = 16
//! default B * ceil(M, 64) * ceil(N, 32) <= 8 * units ? MC = 32
//! grid    ceil(N, NC)  ceil(M, MC)  B
//! note    PACK copies B (1), A (2) or both (3); B pays where M is large, A where rows of a transposed A are a power of
//! note    2 apart and would all lie in the same few sets of a cache; the sums are the same bits under every setting
//! note    two Zen 4 cores of 117 GFLOP/s each: 220 at 1024^3; 180 to 215 in the layers of an MLP at batch 128
// SPDX-License-Identifier: Apache-2.0

#include "sizes.h"
#include "turn.h"

// A register tile has ROWS rows and VECS vectors of 16 columns; the rows of all tiles are evened out.
#define TILES CEIL(M, MR)
#define ROWS CEIL(M, TILES)
#define VECS SMALLER(NV, CEIL(N, 16))
#define WIDE (16 * VECS)

// A stays where it is unless a hook computes it, or it is to be copied.
#define A_IN_PLACE (PLAIN_A && PACK < 2)

// A group computes CHUNK rows and COLS columns, whole tiles both. Where A is computed or copied, every SPAN-th group
// does the work of SPAN, so that this is done for more columns at a time.
#define SPAN (A_IN_PLACE ? 1 : CEIL(M, MC) * CEIL(N, NC) >= 32 ? 4 : 2)
#define CHUNK (ROWS * CEIL(TILES, CEIL(M, MC)))
#define COLS (WIDE * CEIL(CEIL(N, WIDE), CEIL(N, SPAN * NC)))

// K is cut into BLOCKS slabs of DEPTH.
#define BLOCKS CEIL(K, (A_IN_PLACE ? KC : SMALLER(KC, 512)))
#define DEPTH (BLOCKS == 1 ? K : 16 * CEIL(CEIL(K, BLOCKS), 16))

// BAND rows at a time are computed or copied for all panels of the group.
#if A_IN_PLACE
#define BAND CHUNK
#define A_SPACE GLOBAL
#define A_ROW (TA ? 1 : K)
#define A_STEP (TA ? M : 1)
#else
#define BAND SMALLER(CHUNK, ROWS * CEIL(64, ROWS))
#define A_SPACE LOCAL
#define A_LINE (TA ? 16 * CEIL(BAND + ROWS, 16) : DEPTH + 16)
#define A_ROW (TA ? 1 : A_LINE)
#define A_STEP (TA ? A_LINE : 1)
#endif

// B stays where it is, or a panel of WIDE columns of it is copied, k by k, to be read for all rows of the band.
#define B_IN_PLACE (PLAIN_B && PACK % 2 == 0 && N >= 16 && (!TB || K == 1))

// Where rows of B are copied as they are: the lines of the next panel that a tile asks for while it is computed.
#define COPIES_B (PLAIN_B && !B_IN_PLACE && !TB && N >= 16)
#define SHARE CEIL(DEPTH, CEIL(BAND, ROWS))

// The last vector of a row that is no multiple of 16 is moved left, over columns that belong to its neighbour.
#define START(column) (N < 16 ? 0 : min((column), N - 16))

// Sums leave the registers when a slab is done, and on their way to a hook.
#define SUMS_LINE (BLOCKS > 1 ? COLS / 16 : VECS)

KERNEL void matmul(PARAMS) {
  const int z = GROUP_Z;
  const int first = GROUP_Y * CHUNK;
  const int last = min(first + CHUNK, M);
  const int left = GROUP_X / SPAN * COLS;
  const int right = GROUP_X % SPAN == 0 ? min(left + COLS, N) : left;
  LOCAL float16 sums[SUMS_LINE * (BLOCKS > 1 ? BAND : ROWS)];
#if !B_IN_PLACE
  LOCAL float16 panel[DEPTH * VECS]; // [DEPTH,WIDE]
#endif
#if !A_IN_PLACE
  LOCAL float band[TA ? DEPTH * A_LINE : (BAND + ROWS) * A_LINE];
#endif

  for (int top = first; top < last && left < right; top += BAND) {
    const int bottom = min(top + BAND, last);
    for (int k0 = 0; k0 < K; k0 += DEPTH) {
      const int depth = BLOCKS == 1 ? K : min(DEPTH, K - k0);

#if !A_IN_PLACE
      const int above = min(top, M - ROWS); // the first row of the band
#if TA
      for (int k = 0; k < depth; k++) {
        int m = above;
        for (; m + 16 <= bottom; m += 16) {
          vstore16(PROLOGUE_A16(z, k0 + k, m), 0, band + k * A_LINE + m - above);
        }
        for (; m < bottom; m++) {
          band[k * A_LINE + m - above] = PROLOGUE_A(z, k0 + k, m);
        }
      }
#else
      for (int m = above; m < bottom; m++) {
        int k = 0;
        for (; k + 16 <= depth; k += 16) {
          vstore16(PROLOGUE_A16(z, m, k0 + k), 0, band + (m - above) * A_LINE + k);
        }
        for (; k < depth; k++) {
          band[(m - above) * A_LINE + k] = PROLOGUE_A(z, m, k0 + k);
        }
      }
#endif
#endif

      for (int n = left; n < right; n += WIDE) {
#if !B_IN_PLACE
        LOCAL float* lanes = (LOCAL float*)panel;
#if N < 16
        for (int k = 0; k < depth; k++) {
          for (int lane = 0; lane < 16; lane++) {
            lanes[16 * k + lane] = lane >= N ? 0.0f : TB ? PROLOGUE_B(z, lane, k0 + k) : PROLOGUE_B(z, k0 + k, lane);
          }
        }
#elif TB
        for (int x = 0; x < VECS; x++) {
          const int start = START(n + 16 * x);
          int k = 0;
          for (; k + 16 <= depth; k += 16) {
            float16 r[16];
#pragma unroll
            for (int i = 0; i < 16; i++) {
              r[i] = PROLOGUE_B16(z, start + i, k0 + k);
            }
            g_turn16(r);
#pragma unroll
            for (int i = 0; i < 16; i++) {
              panel[(k + i) * VECS + x] = r[i];
            }
          }
          for (; k < depth; k++) {
            for (int i = 0; i < 16; i++) {
              lanes[k * WIDE + 16 * x + i] = PROLOGUE_B(z, start + i, k0 + k);
            }
          }
        }
#else
        for (int k = 0; k < depth; k++) {
#pragma unroll
          for (int x = 0; x < VECS; x++) {
            panel[k * VECS + x] = PROLOGUE_B16(z, k0 + k, START(n + 16 * x));
          }
        }
#endif
#endif

        for (int row = top; row < bottom; row += ROWS) {
          // The last tile is moved up where it would cross the edge; it stores only what is its own.
          const int m = min(row, M - ROWS);
          LOCAL float16* tile = BLOCKS > 1 ? sums + (row - top) * SUMS_LINE + (n - left) / 16 : sums;
#if A_IN_PLACE
          GLOBAL const float* ap = a + (size_t)z * M * K + (TA ? (size_t)k0 * M + m : (size_t)m * K + k0);
#else
          LOCAL const float* ap = band + (m - above) * A_ROW;
#endif
#if B_IN_PLACE
          GLOBAL const float* bp[VECS];
#pragma unroll
          for (int x = 0; x < VECS; x++) {
            bp[x] = b + ((size_t)z * K + k0) * N + START(n + 16 * x);
          }
#endif

#if N >= 16
          // What the epilogue will read is on its way while the sums are made.
          if (k0 + depth == K) {
#pragma unroll
            for (int i = 0; i < ROWS; i++) {
#pragma unroll
              for (int x = 0; x < VECS; x++) {
                EPILOGUE_PREFETCH(z, m + i, START(n + 16 * x));
              }
            }
          }
#endif

#if COPIES_B
          // Each tile asks for its share of what the next panel will be copied from.
          const int ask = (row - top) / ROWS * SHARE;
          for (int k = ask; k < min(ask + SHARE, depth); k++) {
            G_PREFETCH_FAR(b + ((size_t)z * K + k0 + k) * N + START(n + WIDE));
          }
#endif

          float16 sum[ROWS][VECS];
#pragma unroll
          for (int i = 0; i < ROWS; i++) {
#pragma unroll
            for (int x = 0; x < VECS; x++) {
              sum[i][x] = k0 == 0 ? (float16)(0.0f) : tile[i * SUMS_LINE + x];
            }
          }
#pragma unroll 4
          for (int k = 0; k < depth; k++) {
            float16 bv[VECS];
#pragma unroll
            for (int x = 0; x < VECS; x++) {
#if B_IN_PLACE
              bv[x] = vload16(0, bp[x] + (size_t)k * N);
#else
              bv[x] = panel[k * VECS + x];
#endif
            }
#pragma unroll
            for (int i = 0; i < ROWS; i++) {
              const float16 av = (float16)(ap[i * A_ROW + k * A_STEP]);
#pragma unroll
              for (int x = 0; x < VECS; x++) {
                sum[i][x] = fma(av, bv[x], sum[i][x]);
              }
            }
          }

#if PLAIN_EPILOGUE && N >= 16
          if (k0 + depth == K && m == row && n + WIDE <= N) {
#pragma unroll
            for (int i = 0; i < ROWS; i++) {
#pragma unroll
              for (int x = 0; x < VECS; x++) {
                EPILOGUE16(z, m + i, n + 16 * x, sum[i][x]);
              }
            }
            continue;
          }
#endif
          // A hook's code is long: it appears once, in a loop over sums that were put down, not once a register.
#pragma unroll
          for (int i = 0; i < ROWS; i++) {
#pragma unroll
            for (int x = 0; x < VECS; x++) {
              tile[i * SUMS_LINE + x] = sum[i][x];
            }
          }
          if (k0 + depth < K) {
            continue;
          }
          for (int i = row - m; i < ROWS; i++) {
            for (int column = n; column < min(n + WIDE, N); column += 16) {
              LOCAL const float16* from = tile + i * SUMS_LINE + (column - n) / 16;
#if N >= 16
              if (START(column) == column) {
                EPILOGUE16(z, m + i, column, *from);
                continue;
              }
#endif
#if N % 16 != 0
              for (int c = column; c < N; c++) {
                EPILOGUE(z, m + i, c, ((LOCAL const float*)from)[c - START(column)]);
              }
#endif
            }
          }
        }
      }
    }
  }
}
