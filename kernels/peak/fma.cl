//! peak: independent chains of fused multiply-adds in float16 registers: what the cores can compute at most
//! device  opencl cpu
//! when    KIND == 0 && N % 16 == 0
//! tune    CHAINS = 12 4 6 8 16 20
//! default simd < 16 ? CHAINS = 6
//! grid    ceil(N, 16 * CHAINS)
//! note    AVX2 has 16 registers of 8 floats: 6 chains are 12 of them, and cover the latency of 4 cycles on 2 ports
// SPDX-License-Identifier: Apache-2.0
#include "peak.h"

KERNEL void peak(GLOBAL const float* x, GLOBAL float* y) {
  const int first = GROUP_X * (16 * CHAINS);
  float16 v[CHAINS];
#pragma unroll
  for (int c = 0; c < CHAINS; c++) {
    v[c] = vload16(0, x + min(first + 16 * c, N - 16));
  }
  for (int round = 0; round < PEAK_ROUNDS; round++) {
#pragma unroll
    for (int c = 0; c < CHAINS; c++) {
      v[c] = fma(v[c], (float16)(PEAK_SCALE), (float16)(PEAK_SHIFT));
    }
  }
#pragma unroll
  for (int c = 0; c < CHAINS; c++) {
    if (first + 16 * c < N) {
      vstore16(v[c], 0, y + first + 16 * c);
    }
  }
}
