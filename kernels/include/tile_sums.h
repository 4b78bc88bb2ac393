// SPDX-License-Identifier: Apache-2.0
// The body of a tiled matrix product up to its sums, for GPUs, in both dialects. A group has
// (BM / TM) * (BN / TN) work-items; each keeps TM x TN sums, in squares of 4 x 4. Slabs of BK of the depth go through
// two buffers in local memory: while one is multiplied, the next one is on its way in registers.
// Wants: int top and left (the group's first row and column), slab_begin and slab_end; and
//   FETCH_A(v, row, k), a statement that sets the float4 v to four neighbours of the left matrix, the first of them at
//   (row, k), zeros where it has none: neighbours along the rows if A_DOWN is 1, else along the depth;
//   FETCH_B(v, column, k), the same of the right matrix: along the columns if B_ACROSS is 1, else along the depth.
// Leaves: float sum[TM][TN], and ROW(i), COLUMN(j), where sum[i][j] belongs; OWNER, which of the OWNERS work-items that
// share a column this is.
// A CUDA kernel that defines MMA_BF16 has the same from tensor cores: tile_sums_mma.h says what that wants besides.

#define ITEMS ((BM / TM) * (BN / TN))
#define FETCHES_A ((BM * BK / 4 + ITEMS - 1) / ITEMS)
#define FETCHES_B ((BN * BK / 4 + ITEMS - 1) / ITEMS)

// Which four neighbours of a slab of SIZE outer elements fetch e takes.
#define OUTER(e, size, along) (int)((along) ? (e) % ((size) / 4) * 4 : (e) / (BK / 4))
#define DEPTH(e, size, along) (int)((along) ? (e) / ((size) / 4) : (e) % (BK / 4) * 4)

#ifdef MMA_BF16
#include "tile_sums_mma.h"
#else

#define WARPS_ACROSS (BN / TN / 8)

// A slab is stored along the outer dimension; 4 more elements a line spread transposed stores over the banks.
#define LINE_A (BM + 4)
#define LINE_B (BN + 4)
#define SLAB_A (BK * LINE_A / 4)
#define SLAB_B (BK * LINE_B / 4)

#define OWNERS (BM / TM)
#define OWNER down
#define ROW(i) (top + (i) / 4 * (BM / (TM / 4)) + down * 4 + (i) % 4)
#define COLUMN(j) (left + (j) / 4 * (BN / (TN / 4)) + across * 4 + (j) % 4)

// Puts what fetch e took where it belongs in the slab that begins at `begin`.
#define PUT(slab, begin, line, size, along, e, v)                                                   \
  if (along) {                                                                                      \
    slab[(begin) + DEPTH(e, size, along) * ((line) / 4) + OUTER(e, size, along) / 4] = v;           \
  } else {                                                                                          \
    LOCAL_AT float* to =                                                                            \
        (LOCAL_AT float*)(slab + (begin)) + DEPTH(e, size, along) * (line) + OUTER(e, size, along); \
    to[0] = v.x;                                                                                    \
    to[line] = v.y;                                                                                 \
    to[2 * (line)] = v.z;                                                                           \
    to[3 * (line)] = v.w;                                                                           \
  }

  LOCAL float4 slab_a[2 * SLAB_A];
  LOCAL float4 slab_b[2 * SLAB_B];
  const uint item = ITEM_X; // unsigned, so that / and % by powers of two are shifts
  // A warp covers 4 x 8 squares: few different words a read of local memory.
  const int down = item / 32 / WARPS_ACROSS * 4 + item % 32 / 8;
  const int across = item / 32 % WARPS_ACROSS * 8 + item % 8;

  float sum[TM][TN];
#pragma unroll
  for (int i = 0; i < TM; i++) {
#pragma unroll
    for (int j = 0; j < TN; j++) {
      sum[i][j] = 0.0f;
    }
  }

  float4 next_a[FETCHES_A];
  float4 next_b[FETCHES_B];
  for (int slab = slab_begin - 1; slab < slab_end; slab++) {
    const int here = (slab - slab_begin) & 1;
    if (slab + 1 < slab_end) {
      const int begin = (slab + 1) * BK;
#pragma unroll
      for (int f = 0; f < FETCHES_A; f++) {
        const uint e = item + f * ITEMS;
        if (e < BM * BK / 4) {
          FETCH_A(next_a[f], top + OUTER(e, BM, A_DOWN), begin + DEPTH(e, BM, A_DOWN));
        }
      }
#pragma unroll
      for (int f = 0; f < FETCHES_B; f++) {
        const uint e = item + f * ITEMS;
        if (e < BN * BK / 4) {
          FETCH_B(next_b[f], left + OUTER(e, BN, B_ACROSS), begin + DEPTH(e, BN, B_ACROSS));
        }
      }
    }
    if (slab >= slab_begin) {
#pragma unroll
      for (int k = 0; k < BK; k++) {
        float a_k[TM];
        float b_k[TN];
#pragma unroll
        for (int i = 0; i < TM; i += 4) {
          const float4 v = slab_a[here * SLAB_A + down + k * (LINE_A / 4) + i / 4 * (BM / TM)];
          a_k[i] = v.x;
          a_k[i + 1] = v.y;
          a_k[i + 2] = v.z;
          a_k[i + 3] = v.w;
        }
#pragma unroll
        for (int j = 0; j < TN; j += 4) {
          const float4 v = slab_b[here * SLAB_B + across + k * (LINE_B / 4) + j / 4 * (BN / TN)];
          b_k[j] = v.x;
          b_k[j + 1] = v.y;
          b_k[j + 2] = v.z;
          b_k[j + 3] = v.w;
        }
#pragma unroll
        for (int i = 0; i < TM; i++) {
#pragma unroll
          for (int j = 0; j < TN; j++) {
            sum[i][j] = fma(a_k[i], b_k[j], sum[i][j]);
          }
        }
      }
    }
    if (slab + 1 < slab_end) {
#pragma unroll
      for (int f = 0; f < FETCHES_A; f++) {
        const uint e = item + f * ITEMS;
        if (e < BM * BK / 4) {
          PUT(slab_a, (1 - here) * SLAB_A, LINE_A, BM, A_DOWN, e, next_a[f])
        }
      }
#pragma unroll
      for (int f = 0; f < FETCHES_B; f++) {
        const uint e = item + f * ITEMS;
        if (e < BN * BK / 4) {
          PUT(slab_b, (1 - here) * SLAB_B, LINE_B, BN, B_ACROSS, e, next_b[f])
        }
      }
    }
    BARRIER();
  }
#endif
