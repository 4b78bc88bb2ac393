//! map: each work-item takes ITEMS elements, BLOCK apart, so that neighbours touch neighbouring memory
//! device  opencl gpu
//! when    ROWS * COLS < 2147483647 - BLOCK * ITEMS
//! tune    ITEMS = 4 1 2 8   BLOCK = 256 128
//! default ROWS * COLS < 4096 * units ? ITEMS = 1 BLOCK = 128
//! grid    ceil(ROWS * COLS, BLOCK * ITEMS)
//! block   BLOCK
// SPDX-License-Identifier: Apache-2.0

KERNEL void map(PARAMS) {
  const int first = GROUP_X * (BLOCK * ITEMS) + ITEM_X;
#pragma unroll
  for (int k = 0; k < ITEMS; k++) {
    const int at = first + k * BLOCK;
    if (at < ROWS * COLS) {
      const int row = at / COLS;
      const int col = at - row * COLS;
      MAP(row, col);
    }
  }
}
