// SPDX-License-Identifier: Apache-2.0
// The body of a CUDA matmul kernel up to its sums. A block has (BM / TM) * (BN / TN) threads; each keeps TM x TN sums,
// in squares of 4 x 4. Slabs of BK of the inner dimension go through two buffers in shared memory: while one is
// multiplied, the next one is on its way in registers.
// Wants: int z (the matrix of the batch), top and left (the block's first row and column), slab_begin and slab_end.
// Leaves: float sum[TM][TN], and ROW(i), COLUMN(j), where sum[i][j] belongs.

#define THREADS ((BM / TM) * (BN / TN))
#define WARPS_ACROSS (BN / TN / 8)

// Four neighbours in memory are fetched at once, with one load where every row starts at a multiple of 16 bytes.
#define WIDE_A (PLAIN_A && (TA ? M : K) % 4 == 0)
#define WIDE_B (PLAIN_B && (TB ? K : N) % 4 == 0)
#define FETCHES_A ((BM * BK / 4 + THREADS - 1) / THREADS)
#define FETCHES_B ((BN * BK / 4 + THREADS - 1) / THREADS)

// A slab is stored along the outer dimension; 4 more elements a line spread transposed stores over the banks.
#define LINE_A (BM + 4)
#define LINE_B (BN + 4)

#define ROW(i) (top + (i) / 4 * (BM / (TM / 4)) + down * 4 + (i) % 4)
#define COLUMN(j) (left + (j) / 4 * (BN / (TN / 4)) + across * 4 + (j) % 4)

  LOCAL float4 slab_a[2 * BK * LINE_A / 4];
  LOCAL float4 slab_b[2 * BK * LINE_B / 4];
  const int thread = ITEM_X;
  // A warp covers 4 x 8 squares: few different words a read of shared memory.
  const int down = thread / 32 / WARPS_ACROSS * 4 + thread % 32 / 8;
  const int across = thread / 32 % WARPS_ACROSS * 8 + thread % 8;

  const auto fetch_a = [&](int e, int k0) {
    const int m = top + (TA ? e % (BM / 4) * 4 : e / (BK / 4));
    const int k = k0 + (TA ? e / (BM / 4) : e % (BK / 4) * 4);
    float4 v = {0.0f, 0.0f, 0.0f, 0.0f};
    if (e < BM * BK / 4 && m < M && k < K) {
#if WIDE_A
      v = *(const float4*)(a + (size_t)z * M * K + (TA ? (size_t)k * M + m : (size_t)m * K + k));
#elif TA
      v.x = PROLOGUE_A(z, k, m);
      v.y = m + 1 < M ? PROLOGUE_A(z, k, m + 1) : 0.0f;
      v.z = m + 2 < M ? PROLOGUE_A(z, k, m + 2) : 0.0f;
      v.w = m + 3 < M ? PROLOGUE_A(z, k, m + 3) : 0.0f;
#else
      v.x = PROLOGUE_A(z, m, k);
      v.y = k + 1 < K ? PROLOGUE_A(z, m, k + 1) : 0.0f;
      v.z = k + 2 < K ? PROLOGUE_A(z, m, k + 2) : 0.0f;
      v.w = k + 3 < K ? PROLOGUE_A(z, m, k + 3) : 0.0f;
#endif
    }
    return v;
  };

  const auto fetch_b = [&](int e, int k0) {
    const int n = left + (TB ? e / (BK / 4) : e % (BN / 4) * 4);
    const int k = k0 + (TB ? e % (BK / 4) * 4 : e / (BN / 4));
    float4 v = {0.0f, 0.0f, 0.0f, 0.0f};
    if (e < BN * BK / 4 && n < N && k < K) {
#if WIDE_B
      v = *(const float4*)(b + (size_t)z * K * N + (TB ? (size_t)n * K + k : (size_t)k * N + n));
#elif TB
      v.x = PROLOGUE_B(z, n, k);
      v.y = k + 1 < K ? PROLOGUE_B(z, n, k + 1) : 0.0f;
      v.z = k + 2 < K ? PROLOGUE_B(z, n, k + 2) : 0.0f;
      v.w = k + 3 < K ? PROLOGUE_B(z, n, k + 3) : 0.0f;
#else
      v.x = PROLOGUE_B(z, k, n);
      v.y = n + 1 < N ? PROLOGUE_B(z, k, n + 1) : 0.0f;
      v.z = n + 2 < N ? PROLOGUE_B(z, k, n + 2) : 0.0f;
      v.w = n + 3 < N ? PROLOGUE_B(z, k, n + 3) : 0.0f;
#endif
    }
    return v;
  };

  // Puts what thread number e fetched where it belongs in a slab of SIZE outer elements.
  const auto put = [](float4* slab, int line, int size, int along_outer, int e, float4 v) {
    if (e >= size * BK / 4) {
      return;
    }
    if (along_outer) {
      slab[(e / (size / 4) * line) / 4 + e % (size / 4)] = v;
    } else {
      float* to = (float*)slab + e % (BK / 4) * 4 * line + e / (BK / 4);
      to[0] = v.x;
      to[line] = v.y;
      to[2 * line] = v.z;
      to[3 * line] = v.w;
    }
  };

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
#pragma unroll
      for (int f = 0; f < FETCHES_A; f++) {
        next_a[f] = fetch_a(thread + f * THREADS, (slab + 1) * BK);
      }
#pragma unroll
      for (int f = 0; f < FETCHES_B; f++) {
        next_b[f] = fetch_b(thread + f * THREADS, (slab + 1) * BK);
      }
    }
    if (slab >= slab_begin) {
      const float4* from_a = slab_a + here * (BK * LINE_A / 4) + down;
      const float4* from_b = slab_b + here * (BK * LINE_B / 4) + across;
#pragma unroll
      for (int k = 0; k < BK; k++) {
        float a_k[TM];
        float b_k[TN];
#pragma unroll
        for (int i = 0; i < TM; i += 4) {
          const float4 v = from_a[k * (LINE_A / 4) + i / 4 * (BM / TM)];
          a_k[i] = v.x;
          a_k[i + 1] = v.y;
          a_k[i + 2] = v.z;
          a_k[i + 3] = v.w;
        }
#pragma unroll
        for (int j = 0; j < TN; j += 4) {
          const float4 v = from_b[k * (LINE_B / 4) + j / 4 * (BN / TN)];
          b_k[j] = v.x;
          b_k[j + 1] = v.y;
          b_k[j + 2] = v.z;
          b_k[j + 3] = v.w;
        }
#pragma unroll
        for (int i = 0; i < TM; i++) {
#pragma unroll
          for (int j = 0; j < TN; j++) {
            sum[i][j] = fmaf(a_k[i], b_k[j], sum[i][j]);
          }
        }
      }
    }
    if (slab + 1 < slab_end) {
#pragma unroll
      for (int f = 0; f < FETCHES_A; f++) {
        put(slab_a + (1 - here) * (BK * LINE_A / 4), LINE_A, BM, TA, thread + f * THREADS, next_a[f]);
      }
#pragma unroll
      for (int f = 0; f < FETCHES_B; f++) {
        put(slab_b + (1 - here) * (BK * LINE_B / 4), LINE_B, BN, !TB, thread + f * THREADS, next_b[f]);
      }
    }
    BARRIER();
  }
