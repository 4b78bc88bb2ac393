// SPDX-License-Identifier: Apache-2.0
// The body of a CUDA matmul kernel in which a block computes BM x BN outputs over the whole depth.

  const int z = GROUP_Z;
  const int top = GROUP_Y * BM;
  const int left = GROUP_X * BN;
  const int slab_begin = 0;
  const int slab_end = (K + BK - 1) / BK;
#include "matmul_sums.h"
#pragma unroll
  for (int i = 0; i < TM; i++) {
    const int m = ROW(i);
    if (m < M) {
#pragma unroll
      for (int j = 0; j < TN; j++) {
        const int n = COLUMN(j);
        if (n < N) {
          EPILOGUE(z, m, n, sum[i][j]);
        }
      }
    }
  }
