// SPDX-License-Identifier: Apache-2.0
// What tile_sums.h does, on CUDA's tensor cores: the operands are rounded to BF16 (MMA_BF16 is 1) or TF32 (0) where they
// are read, the sums are single precision. Slabs of BK of the depth go through a ring of STAGES buffers in dynamic
// shared memory, STAGES - 1 slabs ahead: asynchronously where an operand's neighbours are whole in memory, else through
// registers. Include mma.h before the kernel.

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

// Where an element of a slab is.
#define AT(line, along, outer, depth) ((along) ? (depth) * (line) + (outer) : (outer) * (line) + (depth))
// How far fetch f is from the first.
#define STEP(f, size, line, along) AT(line, along, OUTER_STEP(f, size, along), DEPTH_STEP(f, size, along))
#define PAIR(v, from, line, along) \
  if (along) {                     \
    v.x = *(from);                 \
    v.y = (from)[line];            \
  } else {                         \
    v = *(const float2*)(from);    \
  }

  DYNAMIC_LOCAL(float4, ring);
  float* const slabs = (float*)ring;
  const int group = item % 32 / 4;
  const int pair = item % 4 * 2;
  const int warp_row = item / 32 / (BN / WN) * WM;
  const int warp_column = item / 32 % (BN / WN) * WN;
  const int own_row = warp_row + group;
  const int own_column = warp_column + pair;

  const int place_a = AT(LINE_A, A_DOWN, outer_a, depth_a);
  const int place_b = SLAB_A + AT(LINE_B, B_ACROSS, outer_b, depth_b);

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
  int turn = 0; // the buffer of slab `next`, which held the slab before `slab`
  for (int slab = slab_begin - (STAGES - 1); slab < slab_end; slab++) {
    if (slab >= slab_begin) {
      g_copy_wait<STAGES - 2>();
      BARRIER();
    }
    const int next = slab + STAGES - 1;
    const int here = turn + 1 == STAGES ? 0 : turn + 1;
    float* const to_a = slabs + turn * (SLAB_A + SLAB_B) + place_a;
    float* const to_b = slabs + turn * (SLAB_A + SLAB_B) + place_b;
    if (next < slab_end) {
      const int begin = next * BK;
#pragma unroll
      for (int f = 0; f < FETCHES_A; f++) {
        if (IS_FETCH(f, BM * BK / 4)) {
#if WIDE_A
          const float* source;
          int there;
          FIND_A(source, there, kept_a[f], begin + depth_a + DEPTH_STEP(f, BM, A_DOWN))
          g_copy16(to_a + STEP(f, BM, LINE_A, A_DOWN), source, there ? 16 : 0);
#else
          FETCH_A(next_a[f], top + outer_a + OUTER_STEP(f, BM, A_DOWN), begin + depth_a + DEPTH_STEP(f, BM, A_DOWN))
#endif
        }
      }
#pragma unroll
      for (int f = 0; f < FETCHES_B; f++) {
        if (IS_FETCH(f, BN * BK / 4)) {
#if WIDE_B
          const float* source;
          int there;
          FIND_B(source, there, kept_b[f], begin + depth_b + DEPTH_STEP(f, BN, B_ACROSS))
          g_copy16(to_b + STEP(f, BN, LINE_B, B_ACROSS), source, there ? 16 : 0);
#else
          FETCH_B(next_b[f], left + outer_b + OUTER_STEP(f, BN, B_ACROSS), begin + depth_b + DEPTH_STEP(f, BN, B_ACROSS))
#endif
        }
      }
    }
    g_copy_commit();
    if (slab >= slab_begin) {
      // What is this thread's begins here: from here on all distances are constants.
      const float* const slab_a = slabs + here * (SLAB_A + SLAB_B);
      const float* const own_a = slab_a + AT(LINE_A, A_DOWN, own_row, pair);
      const float* const own_b = slab_a + SLAB_A + AT(LINE_B, B_ACROSS, warp_column + group, pair);
#pragma unroll
      for (int k = 0; k < BK; k += MMA_BF16 ? 16 : 8) {
        uint a_k[TM / 2][4];
        uint b_k[TN / 2][2];
        float2 v;
        // The depths of a TF32 product are taken in the order 0 2 4 6 1 3 5 7, of both operands alike, so that
        // what a thread needs of a line is a pair here too.
#pragma unroll
        for (int i = 0; i < TM; i++) {
          const int row = i / 2 * 16 + i % 2 * 8;
          PAIR(v, own_a + AT(LINE_A, A_DOWN, row, k), LINE_A, A_DOWN)
#if MMA_BF16
          a_k[i / 2][i % 2] = g_bf16x2(v.x, v.y);
          PAIR(v, own_a + AT(LINE_A, A_DOWN, row, k + 8), LINE_A, A_DOWN)
          a_k[i / 2][i % 2 + 2] = g_bf16x2(v.x, v.y);
#else
          a_k[i / 2][i % 2] = g_tf32(v.x);
          a_k[i / 2][i % 2 + 2] = g_tf32(v.y);
#endif
        }
#pragma unroll
        for (int j = 0; j < TN / 2; j++) {
          PAIR(v, own_b + AT(LINE_B, B_ACROSS, j * 8, k), LINE_B, B_ACROSS)
#if MMA_BF16
          b_k[j][0] = g_bf16x2(v.x, v.y);
          PAIR(v, own_b + AT(LINE_B, B_ACROSS, j * 8, k + 8), LINE_B, B_ACROSS)
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
        if (IS_FETCH(f, BM * BK / 4)) {
          *(float4*)(to_a + STEP(f, BM, LINE_A, A_DOWN)) = next_a[f];
        }
      }
#endif
#if !WIDE_B
#pragma unroll
      for (int f = 0; f < FETCHES_B; f++) {
        if (IS_FETCH(f, BN * BK / 4)) {
          *(float4*)(to_b + STEP(f, BN, LINE_B, B_ACROSS)) = next_b[f];
        }
      }
#endif
    }
    turn = here;
  }
