//! concat: one thread per ITEMS elements of y, BLOCK apart
//! device  cuda
//! when    O * (RA + RB) * I < 2147483647 - BLOCK * ITEMS
//! tune    ITEMS = 4 1 2   BLOCK = 256 128
//! default O * (RA + RB) * I < 4096 * units ? ITEMS = 1 BLOCK = 128
//! grid    ceil(O * (RA + RB) * I, BLOCK * ITEMS)
//! block   BLOCK
// SPDX-License-Identifier: Apache-2.0

#define RUN_A (RA * I)
#define RUN_B (RB * I)
#define WIDTH (RUN_A + RUN_B)

KERNEL void concat(GLOBAL const float* RESTRICT a, GLOBAL const float* RESTRICT b, GLOBAL float* RESTRICT y) {
  const int first = GROUP_X * (BLOCK * ITEMS) + ITEM_X;
#pragma unroll
  for (int k = 0; k < ITEMS; k++) {
    const int at = first + k * BLOCK;
    if (at < O * WIDTH) {
      const int o = at / WIDTH;
      const int i = at - o * WIDTH;
      y[at] = i < RUN_A ? a[(size_t)o * RUN_A + i] : b[(size_t)o * RUN_B + (i - RUN_A)];
    }
  }
}
