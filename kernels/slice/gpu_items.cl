//! slice: one work-item per ITEMS elements of y, BLOCK apart
//! device  opencl gpu
//! when    O * SIZE * I < 2147483647 - BLOCK * ITEMS
//! tune    ITEMS = 4 1 2   BLOCK = 256 128
//! default O * SIZE * I < 4096 * units ? ITEMS = 1 BLOCK = 128
//! grid    ceil(O * SIZE * I, BLOCK * ITEMS)
//! block   BLOCK
// SPDX-License-Identifier: Apache-2.0

#define RUN (SIZE * I) // what is kept of one o

KERNEL void slice(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y) {
  const int first = GROUP_X * (BLOCK * ITEMS) + ITEM_X;
#pragma unroll
  for (int k = 0; k < ITEMS; k++) {
    const int at = first + k * BLOCK;
    if (at < O * RUN) {
      const int o = at / RUN;
      y[at] = x[((size_t)o * R + BEGIN) * I + (at - o * RUN)];
    }
  }
}
