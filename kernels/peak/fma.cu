//! peak: independent chains of fused multiply-adds in registers: what the multiprocessors can compute at most
//! device  cuda
//! when    KIND == 0
//! tune    CHAINS = 8 4 16
//! grid    ceil(N, 256 * CHAINS)
//! block   256
// SPDX-License-Identifier: Apache-2.0
#include "peak.h"

KERNEL void __launch_bounds__(256) peak(GLOBAL const float* x, GLOBAL float* y) {
  const int first = GROUP_X * (256 * CHAINS) + ITEM_X;
  float v[CHAINS];
#pragma unroll
  for (int c = 0; c < CHAINS; c++) {
    v[c] = x[min(first + 256 * c, N - 1)];
  }
#pragma unroll 8
  for (int round = 0; round < PEAK_ROUNDS; round++) {
#pragma unroll
    for (int c = 0; c < CHAINS; c++) {
      v[c] = fmaf(v[c], PEAK_SCALE, PEAK_SHIFT);
    }
  }
#pragma unroll
  for (int c = 0; c < CHAINS; c++) {
    if (first + 256 * c < N) {
      y[first + 256 * c] = v[c];
    }
  }
}
