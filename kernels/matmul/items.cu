//! matmul: a thread computes an output: for depths so small that operands are not worth sharing, such as outer products
//! device  cuda
//! when    K <= 64 && B <= 65535 && M * N < 2147483647 - BLOCK
//! tune    BLOCK = 256 128 512
//! default B * M * N < 256 * units ? BLOCK = 128
//! prefer  K <= 2 || (K <= 8 && B * M * N <= 2048 * units) ? 25 : 0 - 1
//! grid    ceil(M * N, BLOCK)  B
//! block   BLOCK
// SPDX-License-Identifier: Apache-2.0

KERNEL void __launch_bounds__(BLOCK) matmul(PARAMS) {
  const int z = GROUP_Y;
  const uint e = GROUP_X * BLOCK + ITEM_X;
  const int m = e / N;
  const int n = e - m * N;
  if (m >= M) {
    return;
  }
  float sum = 0.0f;
#pragma unroll 8
  for (int k = 0; k < K; k++) {
    const float left = TA ? PROLOGUE_A(z, k, m) : PROLOGUE_A(z, m, k);
    const float right = TB ? PROLOGUE_B(z, n, k) : PROLOGUE_B(z, k, n);
    sum = fma(left, right, sum);
  }
  EPILOGUE(z, m, n, sum);
}
