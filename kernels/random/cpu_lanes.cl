//! random: 16 counters at a time, one a lane; the four words of each are then interleaved into 64 numbers
//! device  opencl cpu
//! tune    BATCHES = 16 4 64
//! grid    ceil(N, 64 * BATCHES)
// SPDX-License-Identifier: Apache-2.0
#include "shuffle.h"

// Turns v[word].s[counter] into 64 numbers in order, v[0] first. Taking even lanes from even lanes, and odd from odd,
// of neighbours rotates the 6-bit number (word, counter) by one bit; four times makes it (counter, word).
DEVICE void interleave(float16* v) {
#pragma unroll
  for (int round = 0; round < 4; round++) {
    const float16 v0 = g_even_lanes(v[0], v[1]);
    const float16 v1 = g_even_lanes(v[2], v[3]);
    const float16 v2 = g_odd_lanes(v[0], v[1]);
    const float16 v3 = g_odd_lanes(v[2], v[3]);
    v[0] = v0;
    v[1] = v1;
    v[2] = v2;
    v[3] = v3;
  }
}

KERNEL void random(GLOBAL const float* RESTRICT step, GLOBAL float* RESTRICT y, uint key0, uint key1) {
  const uint s = (uint)step[0];
  for (int batch = 0; batch < BATCHES; batch++) {
    const int first = (GROUP_X * BATCHES + batch) * 64;
    if (first < N) {
      uint16 words[4];
      g_philox_16(first / 4, s, key0, key1, words);
      float16 v[4];
#if KIND == 0
#pragma unroll
      for (int w = 0; w < 4; w++) {
        v[w] = g_uniform_16(words[w]);
      }
#else
      g_normals_16(words[0], words[1], &v[0], &v[1]);
      g_normals_16(words[2], words[3], &v[2], &v[3]);
#endif
      interleave(v);
#pragma unroll
      for (int q = 0; q < 4; q++) {
        const int at = first + 16 * q;
        if (at + 16 <= N) {
          vstore16(v[q], 0, y + at);
        } else {
          float lane[16];
          vstore16(v[q], 0, lane);
          for (int i = 0; at + i < N; i++) {
            y[at + i] = lane[i];
          }
        }
      }
    }
  }
}
