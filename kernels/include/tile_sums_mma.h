// SPDX-License-Identifier: Apache-2.0
// What tile_sums.h does, on CUDA's tensor cores: the operands are rounded to BF16 (MMA_BF16 is 1) or TF32 (0) where they
// are read, the sums are single precision. Slabs of BK of the depth go through a ring of STAGES buffers in dynamic
// shared memory, STAGES - 1 slabs ahead: asynchronously where an operand's neighbours are whole in memory, else through
// registers. Include mma.h before the kernel.
// Wants besides: WIDE_A and WIDE_B; where one is 1, four neighbours are always whole in memory and aligned to 16 bytes, and
//   FIND_A(at, row, k), FIND_B(at, column, k) is a statement that sets the const float* at to them, null where there are
//   none; ANY_A or ANY_B is any address in that operand, and FETCH_A or FETCH_B is not used.

// A slab is stored as its matrix is, along the outer dimension or along the depth. A pair that a thread reads is two
// neighbours of the depth, of lane / 4 outer lines and lane % 4 pairs a warp: with these paddings (BM, BN are multiples of
// 32, BK of 16) no two of a warp's reads, or of half a warp's where a pair is one read, meet in a bank.
#define LINE_A (A_DOWN ? BM + 4 : BK + 8)
#define LINE_B (B_ACROSS ? BN + 4 : BK + 8)
#define SLAB_A ((A_DOWN ? BK : BM) * LINE_A)
#define SLAB_B ((B_ACROSS ? BK : BN) * LINE_B)

#define OWNERS (BM / WM * 8)
#define OWNER (warp_row / WM * 8 + group)
#define ROW(i) (top + own_row + (i) / 2 * 16 + (i) % 2 * 8)
#define COLUMN(j) (left + own_column + (j) / 2 * 8 + (j) % 2)

#define PLACE(e, size, line, along) \
  ((along) ? DEPTH(e, size, along) * (line) + OUTER(e, size, along) : OUTER(e, size, along) * (line) + DEPTH(e, size, along))
#define PAIR(v, slab, line, along, outer, depth)            \
  if (along) {                                              \
    v.x = slab[(depth) * (line) + (outer)];                 \
    v.y = slab[((depth) + 1) * (line) + (outer)];           \
  } else {                                                  \
    v = *(const float2*)(slab + (outer) * (line) + (depth)); \
  }
#define IS_FETCH(e, count) ((count) % ITEMS == 0 || (e) < (count))

  DYNAMIC_LOCAL(float4, ring);
  float* const slabs = (float*)ring;
  const uint item = ITEM_X;
  const int group = item % 32 / 4;
  const int pair = item % 4 * 2;
  const int warp_row = item / 32 / (BN / WN) * WM;
  const int warp_column = item / 32 % (BN / WN) * WN;
  const int own_row = warp_row + group;
  const int own_column = warp_column + pair;

  float sum[TM][TN];
#pragma unroll
  for (int i = 0; i < TM; i++) {
#pragma unroll
    for (int j = 0; j < TN; j++) {
      sum[i][j] = 0.0f;
    }
  }

#if !WIDE_A
  float4 next_a[FETCHES_A];
#endif
#if !WIDE_B
  float4 next_b[FETCHES_B];
#endif
  int there = 0; // the buffer of slab `next`, which held the slab before `slab`
  for (int slab = slab_begin - (STAGES - 1); slab < slab_end; slab++) {
    if (slab >= slab_begin) {
      g_copy_wait<STAGES - 2>();
      BARRIER();
    }
    const int next = slab + STAGES - 1;
    const int here = there + 1 == STAGES ? 0 : there + 1;
    float* const to_a = slabs + there * (SLAB_A + SLAB_B);
    float* const to_b = to_a + SLAB_A;
    if (next < slab_end) {
      const int begin = next * BK;
#pragma unroll
      for (int f = 0; f < FETCHES_A; f++) {
        const uint e = item + f * ITEMS;
        if (IS_FETCH(e, BM * BK / 4)) {
#if WIDE_A
          const float* source;
          FIND_A(source, top + OUTER(e, BM, A_DOWN), begin + DEPTH(e, BM, A_DOWN))
          g_copy16(to_a + PLACE(e, BM, LINE_A, A_DOWN), source ? source : ANY_A, source ? 16 : 0);
#else
          FETCH_A(next_a[f], top + OUTER(e, BM, A_DOWN), begin + DEPTH(e, BM, A_DOWN))
#endif
        }
      }
#pragma unroll
      for (int f = 0; f < FETCHES_B; f++) {
        const uint e = item + f * ITEMS;
        if (IS_FETCH(e, BN * BK / 4)) {
#if WIDE_B
          const float* source;
          FIND_B(source, left + OUTER(e, BN, B_ACROSS), begin + DEPTH(e, BN, B_ACROSS))
          g_copy16(to_b + PLACE(e, BN, LINE_B, B_ACROSS), source ? source : ANY_B, source ? 16 : 0);
#else
          FETCH_B(next_b[f], left + OUTER(e, BN, B_ACROSS), begin + DEPTH(e, BN, B_ACROSS))
#endif
        }
      }
    }
    g_copy_commit();
    if (slab >= slab_begin) {
      const float* const slab_a = slabs + here * (SLAB_A + SLAB_B);
      const float* const slab_b = slab_a + SLAB_A;
#pragma unroll
      for (int k = 0; k < BK; k += MMA_BF16 ? 16 : 8) {
        uint a_k[TM / 2][4];
        uint b_k[TN / 2][2];
        float2 v;
        // The depths of a TF32 product are taken in the order 0 2 4 6 1 3 5 7, of both operands alike, so that
        // what a thread needs of a line is a pair here too.
#pragma unroll
        for (int i = 0; i < TM; i++) {
          const int row = own_row + i / 2 * 16 + i % 2 * 8;
          PAIR(v, slab_a, LINE_A, A_DOWN, row, k + pair)
#if MMA_BF16
          a_k[i / 2][i % 2] = g_bf16x2(v.x, v.y);
          PAIR(v, slab_a, LINE_A, A_DOWN, row, k + 8 + pair)
          a_k[i / 2][i % 2 + 2] = g_bf16x2(v.x, v.y);
#else
          a_k[i / 2][i % 2] = g_tf32(v.x);
          a_k[i / 2][i % 2 + 2] = g_tf32(v.y);
#endif
        }
#pragma unroll
        for (int j = 0; j < TN / 2; j++) {
          const int column = warp_column + group + j * 8;
          PAIR(v, slab_b, LINE_B, B_ACROSS, column, k + pair)
#if MMA_BF16
          b_k[j][0] = g_bf16x2(v.x, v.y);
          PAIR(v, slab_b, LINE_B, B_ACROSS, column, k + 8 + pair)
          b_k[j][1] = g_bf16x2(v.x, v.y);
#else
          b_k[j][0] = g_tf32(v.x);
          b_k[j][1] = g_tf32(v.y);
#endif
        }
#pragma unroll
        for (int i = 0; i < TM; i += 2) {
#pragma unroll
          for (int j = 0; j < TN; j += 2) {
#if MMA_BF16
            g_mma_bf16(sum[i][j], sum[i][j + 1], sum[i + 1][j], sum[i + 1][j + 1], a_k[i / 2], b_k[j / 2]);
#else
            g_mma_tf32(sum[i][j], sum[i][j + 1], sum[i + 1][j], sum[i + 1][j + 1], a_k[i / 2], b_k[j / 2]);
#endif
          }
        }
      }
    }
    if (next < slab_end) {
#if !WIDE_A
#pragma unroll
      for (int f = 0; f < FETCHES_A; f++) {
        const uint e = item + f * ITEMS;
        if (IS_FETCH(e, BM * BK / 4)) {
          *(float4*)(to_a + PLACE(e, BM, LINE_A, A_DOWN)) = next_a[f];
        }
      }
#endif
#if !WIDE_B
#pragma unroll
      for (int f = 0; f < FETCHES_B; f++) {
        const uint e = item + f * ITEMS;
        if (IS_FETCH(e, BN * BK / 4)) {
          *(float4*)(to_b + PLACE(e, BN, LINE_B, B_ACROSS)) = next_b[f];
        }
      }
#endif
    }
    there = here;
  }
