// SPDX-License-Identifier: Apache-2.0
// The body of a tiled matrix product up to its sums, for GPUs, in both dialects. A group has
// (BM / TM) * (BN / TN) work-items; each keeps TM x TN sums, in squares of 4 x 4. Slabs of BK of the depth go through
// two buffers in local memory: while one is multiplied, the next one is on its way in registers.
// Wants: int top and left (the group's first row and column), slab_begin and slab_end; and
//   FETCH_A(v, row, k), a statement that sets the float4 v to four neighbours of the left matrix, the first of them at
//   (row, k), zeros where it has none: neighbours along the rows if A_DOWN is 1, else along the depth;
//   FETCH_B(v, column, k), the same of the right matrix: along the columns if B_ACROSS is 1, else along the depth.
// Where WIDE_A is defined and 1, four neighbours of the left matrix are always whole in memory and aligned to 16 bytes;
// FETCH_A is not used then, and instead there are
//   KEPT_A, a type for what is found once of an outer line, before all slabs: addresses would else cost more than they need;
//   KEEP_A(kept, row), a statement that sets one;
//   FIND_A(at, there, kept, k), a statement that sets the GLOBAL const float* at to the four neighbours at depth k, and the
//   int there to whether there are any; at is an address that may be read in either case.
// WIDE_B, KEPT_B, KEEP_B and FIND_B likewise.
// Leaves: float sum[TM][TN], and ROW(i), COLUMN(j), where sum[i][j] belongs; OWNER, which of the OWNERS work-items that
// share a column this is.
// A kernel may define LANES_ACROSS, how many work-items of a warp lie side by side, and RING, a float4* into local memory
// where the slabs go; they are no longer read when this is done.
// A CUDA kernel that defines MMA_BF16 has the same from tensor cores, see tile_sums_mma.h.

#define ITEMS ((BM / TM) * (BN / TN))
#define FETCHES_A ((BM * BK / 4 + ITEMS - 1) / ITEMS)
#define FETCHES_B ((BN * BK / 4 + ITEMS - 1) / ITEMS)

// Which four neighbours of a slab of SIZE outer elements fetch e takes.
#define OUTER(e, size, along) (int)((along) ? (e) % ((size) / 4) * 4 : (e) / (BK / 4))
#define DEPTH(e, size, along) (int)((along) ? (e) / ((size) / 4) : (e) % (BK / 4) * 4)

// Fetch f of a work-item is so much further along one of the two than its first: as many as there are work-items are
// whole lines.
#define OUTER_STEP(f, size, along) ((along) ? 0 : (f) * (ITEMS / (BK / 4)))
#define DEPTH_STEP(f, size, along) ((along) ? (f) * (ITEMS / ((size) / 4)) : 0)
#if ITEMS % (BK / 4) || (A_DOWN && ITEMS % (BM / 4)) || (B_ACROSS && ITEMS % (BN / 4))
#error "the work-items of a group must fetch whole lines of a slab"
#endif
#define IS_FETCH(f, count) ((count) % ITEMS == 0 || item + (f) * ITEMS < (count))

  const uint item = ITEM_X; // unsigned, so that / and % by powers of two are shifts
  const int outer_a = OUTER(item, BM, A_DOWN);
  const int depth_a = DEPTH(item, BM, A_DOWN);
  const int outer_b = OUTER(item, BN, B_ACROSS);
  const int depth_b = DEPTH(item, BN, B_ACROSS);
#if WIDE_A
  KEPT_A kept_a[FETCHES_A];
#pragma unroll
  for (int f = 0; f < FETCHES_A; f++) {
    KEEP_A(kept_a[f], top + outer_a + OUTER_STEP(f, BM, A_DOWN))
  }
#endif
#if WIDE_B
  KEPT_B kept_b[FETCHES_B];
#pragma unroll
  for (int f = 0; f < FETCHES_B; f++) {
    KEEP_B(kept_b[f], left + outer_b + OUTER_STEP(f, BN, B_ACROSS))
  }
#endif

#ifdef MMA_BF16
#include "tile_sums_mma.h"
#else

#ifndef LANES_ACROSS
#define LANES_ACROSS 8
#endif
#define WARPS_ACROSS (BN / TN / LANES_ACROSS)

// A slab is stored along the outer dimension; 4 more elements a line spread transposed stores over the banks.
#define LINE_A (BM + 4)
#define LINE_B (BN + 4)
#define SLAB_A (BK * LINE_A / 4)
#define SLAB_B (BK * LINE_B / 4)

#define OWNERS (BM / TM)
#define OWNER down
#define ROW(i) (top + (i) / 4 * (BM / (TM / 4)) + down * 4 + (i) % 4)
#define COLUMN(j) (left + (j) / 4 * (BN / (TN / 4)) + across * 4 + (j) % 4)

// Puts what a fetch took where it belongs in the slab that begins at `begin`.
#define PUT(slab, begin, line, along, outer, depth, v)                            \
  if (along) {                                                                    \
    slab[(begin) + (depth) * ((line) / 4) + (outer) / 4] = v;                     \
  } else {                                                                        \
    LOCAL_AT float* to = (LOCAL_AT float*)(slab + (begin)) + (depth) * (line) + (outer); \
    to[0] = v.x;                                                                  \
    to[line] = v.y;                                                               \
    to[2 * (line)] = v.z;                                                         \
    to[3 * (line)] = v.w;                                                         \
  }

// Sets v to what a line that was kept has at a depth, zeros where there is nothing.
#define TAKE(v, FIND, kept, depth)             \
  {                                            \
    GLOBAL const float* source;                \
    int there;                                 \
    FIND(source, there, kept, depth)           \
    v.x = v.y = v.z = v.w = 0.0f;              \
    if (there) {                               \
      v = *(GLOBAL const float4*)source;       \
    }                                          \
  }
#if WIDE_A
#define NEXT_A(v, f, begin) TAKE(v, FIND_A, kept_a[f], (begin) + depth_a + DEPTH_STEP(f, BM, A_DOWN))
#else
#define NEXT_A(v, f, begin) \
  FETCH_A(v, top + outer_a + OUTER_STEP(f, BM, A_DOWN), (begin) + depth_a + DEPTH_STEP(f, BM, A_DOWN))
#endif
#if WIDE_B
#define NEXT_B(v, f, begin) TAKE(v, FIND_B, kept_b[f], (begin) + depth_b + DEPTH_STEP(f, BN, B_ACROSS))
#else
#define NEXT_B(v, f, begin) \
  FETCH_B(v, left + outer_b + OUTER_STEP(f, BN, B_ACROSS), (begin) + depth_b + DEPTH_STEP(f, BN, B_ACROSS))
#endif

#ifdef RING
  LOCAL_AT float4* const slab_a = RING;
  LOCAL_AT float4* const slab_b = slab_a + 2 * SLAB_A;
#else
  LOCAL float4 slab_a[2 * SLAB_A];
  LOCAL float4 slab_b[2 * SLAB_B];
#endif
  // A warp covers 4 x 8 squares, or 8 x 4: few different words a read of local memory.
  const int down = item / 32 / WARPS_ACROSS * (32 / LANES_ACROSS) + item % 32 / LANES_ACROSS;
  const int across = item / 32 % WARPS_ACROSS * LANES_ACROSS + item % LANES_ACROSS;

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
        if (IS_FETCH(f, BM * BK / 4)) {
          NEXT_A(next_a[f], f, begin);
        }
      }
#pragma unroll
      for (int f = 0; f < FETCHES_B; f++) {
        if (IS_FETCH(f, BN * BK / 4)) {
          NEXT_B(next_b[f], f, begin);
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
        if (IS_FETCH(f, BM * BK / 4)) {
          PUT(slab_a, (1 - here) * SLAB_A, LINE_A, A_DOWN, outer_a + OUTER_STEP(f, BM, A_DOWN), depth_a + DEPTH_STEP(f, BM, A_DOWN),
              next_a[f])
        }
      }
#pragma unroll
      for (int f = 0; f < FETCHES_B; f++) {
        if (IS_FETCH(f, BN * BK / 4)) {
          PUT(slab_b, (1 - here) * SLAB_B, LINE_B, B_ACROSS, outer_b + OUTER_STEP(f, BN, B_ACROSS), depth_b + DEPTH_STEP(f, BN, B_ACROSS),
              next_b[f])
        }
      }
    }
    BARRIER();
  }
#endif
