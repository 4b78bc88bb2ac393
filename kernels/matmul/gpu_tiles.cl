//! matmul: a group computes BM x BN outputs, a work-item TM x TN of them; slabs of BK go through local memory
//! device  opencl gpu
//! when    BM % TM == 0 && BN % TN == 0
//! when    (BM / TM) * (BN / TN) >= 64 && (BM / TM) * (BN / TN) <= 256
//! when    4 * BK * (BM + BN + 2) <= local
//! tune    BM = 64 32 128   BN = 64 32 128   BK = 16 8   TM = 4 2 8   TN = 4 2 8
//! default B * ceil(M, 64) * ceil(N, 64) < units ? BM = 32 BN = 32 TM = 2 TN = 2
//! default B * ceil(M, 128) * ceil(N, 128) >= 2 * units ? BM = 128 BN = 128 TM = 8 TN = 8
//! grid    ceil(N, BN)  ceil(M, BM)  B
//! block   (BM / TM) * (BN / TN)
// SPDX-License-Identifier: Apache-2.0

#define ACROSS (BN / TN)
#define DOWN (BM / TM)
#define ITEMS (ACROSS * DOWN)

KERNEL void matmul(PARAMS) {
  const int z = GROUP_Z;
  const int top = GROUP_Y * BM;
  const int left = GROUP_X * BN;
  const uint item = ITEM_X; // unsigned, so that / and % by powers of two are shifts
  const int across = item % ACROSS;
  const int down = item / ACROSS;
  // One column more than needed, so that a transposed store spreads over the banks.
  LOCAL float slab_a[BK * (BM + 1)];
  LOCAL float slab_b[BK * (BN + 1)];

  // A work-item's outputs lie DOWN rows and ACROSS columns apart: neighbours read and write neighbours.
  float sum[TM][TN];
#pragma unroll
  for (int i = 0; i < TM; i++) {
#pragma unroll
    for (int j = 0; j < TN; j++) {
      sum[i][j] = 0.0f;
    }
  }

  for (int k0 = 0; k0 < K; k0 += BK) {
    for (uint e = item; e < BM * BK; e += ITEMS) {
      const int i = TA ? e % BM : e / BK;
      const int k = TA ? e / BM : e % BK;
      const int m = top + i;
      const int depth = k0 + k;
      slab_a[k * (BM + 1) + i] =
          m < M && depth < K ? (TA ? PROLOGUE_A(z, depth, m) : PROLOGUE_A(z, m, depth)) : 0.0f;
    }
    for (uint e = item; e < BN * BK; e += ITEMS) {
      const int j = TB ? e / BK : e % BN;
      const int k = TB ? e % BK : e / BN;
      const int n = left + j;
      const int depth = k0 + k;
      slab_b[k * (BN + 1) + j] =
          n < N && depth < K ? (TB ? PROLOGUE_B(z, n, depth) : PROLOGUE_B(z, depth, n)) : 0.0f;
    }
    BARRIER();
#pragma unroll
    for (int k = 0; k < BK; k++) {
      float a_k[TM];
      float b_k[TN];
#pragma unroll
      for (int i = 0; i < TM; i++) {
        a_k[i] = slab_a[k * (BM + 1) + down + i * DOWN];
      }
#pragma unroll
      for (int j = 0; j < TN; j++) {
        b_k[j] = slab_b[k * (BN + 1) + across + j * ACROSS];
      }
#pragma unroll
      for (int i = 0; i < TM; i++) {
#pragma unroll
        for (int j = 0; j < TN; j++) {
          sum[i][j] = fma(a_k[i], b_k[j], sum[i][j]);
        }
      }
    }
    BARRIER();
  }

#pragma unroll
  for (int i = 0; i < TM; i++) {
#pragma unroll
    for (int j = 0; j < TN; j++) {
      const int m = top + down + i * DOWN;
      const int n = left + across + j * ACROSS;
      if (m < M && n < N) {
        EPILOGUE(z, m, n, sum[i][j]);
      }
    }
  }
}
