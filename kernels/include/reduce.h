// SPDX-License-Identifier: Apache-2.0
// What sums and maxima share. REDUCE_1(total, v) joins a value to a total, REDUCE_START is the total of nothing;
// a kernel of the op `reduce` gets sum or maximum by KIND, any other kernel gets sums. NaN wins every maximum.
#ifndef GANDER_REDUCE_H
#define GANDER_REDUCE_H

#if defined(KIND) && KIND == 1
#define REDUCE_START g_float_1(-0x800000) // -infinity
#define REDUCE_1(total, v) g_max_1(v, total)
#define REDUCE_16(total, v) g_max_16(v, total)
#else
#define REDUCE_START 0.0f
#define REDUCE_1(total, v) ((total) + (v))
#define REDUCE_16(total, v) ((total) + (v))
#endif

#ifdef __OPENCL_VERSION__
// The lanes of a vector, joined in halves: 0 with 8, 1 with 9 ..., then 0 with 4 ...
DEVICE float g_reduce_lanes(float16 v) {
  float lane[16];
  vstore16(v, 0, lane);
#pragma unroll
  for (int half_of = 8; half_of > 0; half_of >>= 1) {
#pragma unroll
    for (int i = 0; i < half_of; i++) {
      lane[i] = REDUCE_1(lane[i], lane[i + half_of]);
    }
  }
  return lane[0];
}
#endif

#endif
