//! peak: a work-item moves VECTORS times four floats: what the memory can move at most
//! device  opencl gpu
//! when    KIND == 1 && N % 4 == 0
//! tune    VECTORS = 4 1 8
//! grid    ceil(N, 1024 * VECTORS)
//! block   256
// SPDX-License-Identifier: Apache-2.0

KERNEL void peak(GLOBAL const float* x, GLOBAL float* y) {
  const int first = GROUP_X * (1024 * VECTORS) + 4 * ITEM_X;
#pragma unroll
  for (int v = 0; v < VECTORS; v++) {
    const int n = first + 1024 * v;
    if (n < N) {
      vstore4(vload4(0, x + n) + (float4)(1.0f), 0, y + n);
    }
  }
}
