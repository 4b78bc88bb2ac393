//! peak: a thread moves VECTORS times 16 bytes: what the memory can move at most
//! device  cuda
//! when    KIND == 1 && N % 4 == 0
//! tune    VECTORS = 4 1 8
//! grid    ceil(N, 1024 * VECTORS)
//! block   256
// SPDX-License-Identifier: Apache-2.0

KERNEL void __launch_bounds__(256) peak(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y) {
  const int first = GROUP_X * (1024 * VECTORS) + 4 * ITEM_X;
#pragma unroll
  for (int v = 0; v < VECTORS; v++) {
    const int n = first + 1024 * v;
    if (n < N) {
      const float4 from = *(const float4*)(x + n);
      const float4 to = {from.x + 1.0f, from.y + 1.0f, from.z + 1.0f, from.w + 1.0f};
      *(float4*)(y + n) = to;
    }
  }
}
