//! transpose: any permutation: one work-item per ITEMS elements of y, BLOCK apart
//! device  opencl gpu
//! when    D0 * D1 * D2 * D3 * D4 < 2147483647 - BLOCK * ITEMS
//! tune    ITEMS = 4 1 2   BLOCK = 256 128
//! default D0 * D1 * D2 * D3 * D4 < 4096 * units ? ITEMS = 1 BLOCK = 128
//! grid    ceil(D0 * D1 * D2 * D3 * D4, BLOCK * ITEMS)
//! block   BLOCK
//! note    gpu_tiles wins where the innermost dimensions of x and y differ and both are long
// SPDX-License-Identifier: Apache-2.0

KERNEL void transpose(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y) {
  const int first = GROUP_X * (BLOCK * ITEMS) + ITEM_X;
#pragma unroll
  for (int k = 0; k < ITEMS; k++) {
    const int at = first + k * BLOCK;
    if (at < D0 * D1 * D2 * D3 * D4) {
      const int i0123 = at / D4;
      const int i012 = i0123 / D3;
      const int i01 = i012 / D2;
      const int i0 = i01 / D1;
      const int i4 = at - i0123 * D4;
      const int i3 = i0123 - i012 * D3;
      const int i2 = i012 - i01 * D2;
      const int i1 = i01 - i0 * D1;
      y[at] = x[(size_t)i0 * E0 + (size_t)i1 * E1 + (size_t)i2 * E2 + (size_t)i3 * E3 + (size_t)i4 * E4];
    }
  }
}
