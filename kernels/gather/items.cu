//! gather: one thread per ITEMS elements of y, BLOCK apart
//! device  cuda
//! when    N * W < 2147483647 - BLOCK * ITEMS
//! tune    ITEMS = 4 1 2   BLOCK = 256 128
//! default N * W < 4096 * units ? ITEMS = 1 BLOCK = 128
//! grid    ceil(N * W, BLOCK * ITEMS)
//! block   BLOCK
// SPDX-License-Identifier: Apache-2.0

KERNEL void gather(GLOBAL const float* RESTRICT table, GLOBAL const float* RESTRICT index, GLOBAL float* RESTRICT y) {
  const int first = GROUP_X * (BLOCK * ITEMS) + ITEM_X;
#pragma unroll
  for (int k = 0; k < ITEMS; k++) {
    const int at = first + k * BLOCK;
    if (at < N * W) {
      const int n = at / W;
      const float row = index[n];
      float v = g_float_1(0x7fc00000); // NaN outside the table, and where the index is NaN
      if (row >= 0.0f && row < (float)R) {
        v = table[(size_t)(int)row * W + (at - n * W)];
      }
      y[at] = v;
    }
  }
}
