//! pad: one work-item per ITEMS elements of y, BLOCK apart
//! device  opencl gpu
//! when    O * (BEFORE + R + AFTER) * I < 2147483647 - BLOCK * ITEMS
//! tune    ITEMS = 4 1 2   BLOCK = 256 128
//! default O * (BEFORE + R + AFTER) * I < 4096 * units ? ITEMS = 1 BLOCK = 128
//! grid    ceil(O * (BEFORE + R + AFTER) * I, BLOCK * ITEMS)
//! block   BLOCK
// SPDX-License-Identifier: Apache-2.0

#define WIDTH ((BEFORE + R + AFTER) * I)

KERNEL void pad(GLOBAL const float* RESTRICT x, GLOBAL float* RESTRICT y) {
  const int first = GROUP_X * (BLOCK * ITEMS) + ITEM_X;
#pragma unroll
  for (int k = 0; k < ITEMS; k++) {
    const int at = first + k * BLOCK;
    if (at < O * WIDTH) {
      const int o = at / WIDTH;
      const int from = at - o * WIDTH - BEFORE * I;
      float v = 0.0f;
      if (from >= 0 && from < R * I) {
        v = x[(size_t)o * (R * I) + from];
      }
      y[at] = v;
    }
  }
}
