//! matmul: the inner dimension is cut into SPLIT parts, a block each; a second pass adds the parts in order
//! device  cuda
//! when    BN / TN % 8 == 0 && BM / TM % 4 == 0
//! when    (BM / TM) * (BN / TN) >= 64 && (BM / TM) * (BN / TN) <= 256
//! when    K >= SPLIT * BK
//! when    B * SPLIT <= 65535 && ceil(M, BM) <= 65535
//! tune    BM = 32 64 128   BN = 32 64 128   BK = 16 8   TM = 4 8   TN = 4 8   SPLIT = 4 2 8 16 32
//! default B * ceil(M, 64) * ceil(N, 64) * 16 <= units && K >= 512 ? BM = 32 BN = 32 SPLIT = 8
//! default B * ceil(M, 64) * ceil(N, 64) >= units / 2 ? BM = 64 BN = 64 SPLIT = 2
//! prefer  K > 2048 && B * ceil(M, 64) * ceil(N, 64) * 2 <= units ? 10 : 0 - 1
//! scratch parts 4 * SPLIT * B * M * N
//! pass    matmul_parts
//! grid    ceil(N, BN)  ceil(M, BM)  B * SPLIT
//! block   (BM / TM) * (BN / TN)
//! pass    matmul_join
//! grid    ceil(M * N, 256)  B
//! block   256
//! note    where the outputs are few and K is large: up to K = 2048 one launch of split_warps is over sooner
// SPDX-License-Identifier: Apache-2.0

// parts [SPLIT,B,M,N]
#define SLABS ((K + BK - 1) / BK)
#define SLABS_A_PART ((SLABS + SPLIT - 1) / SPLIT)

KERNEL void __launch_bounds__((BM / TM) * (BN / TN)) matmul_parts(PARAMS) {
  const int part = GROUP_Z / B;
  const int z = GROUP_Z % B;
  const int top = GROUP_Y * BM;
  const int left = GROUP_X * BN;
  const int slab_begin = min(part * SLABS_A_PART, SLABS);
  const int slab_end = min(slab_begin + SLABS_A_PART, SLABS);
#include "matmul_sums.h"
#pragma unroll
  for (int i = 0; i < TM; i++) {
    const int m = ROW(i);
    if (m < M) {
#pragma unroll
      for (int j = 0; j < TN; j++) {
        const int n = COLUMN(j);
        if (n < N) {
          parts[((size_t)GROUP_Z * M + m) * N + n] = sum[i][j];
        }
      }
    }
  }
}

KERNEL void __launch_bounds__(256) matmul_join(PARAMS) {
  const int z = GROUP_Y;
  const int e = GROUP_X * 256 + ITEM_X;
  if (e >= M * N) {
    return;
  }
  float total = 0.0f;
#pragma unroll
  for (int part = 0; part < SPLIT; part++) {
    total += parts[((size_t)part * B + z) * M * N + e];
  }
  const int m = e / N;
  const int n = e % N;
  EPILOGUE(z, m, n, total);
}
