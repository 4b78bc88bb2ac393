//! random: one thread a counter, which gives four numbers
//! device  cuda
//! tune    BLOCK = 256 128 64
//! pass    random_numbers
//! grid    ceil(N, 4 * BLOCK)
//! block   BLOCK
// SPDX-License-Identifier: Apache-2.0

KERNEL void random_numbers(GLOBAL const float* RESTRICT step, GLOBAL float* RESTRICT y, uint key0, uint key1) {
  const int counter = GROUP_X * BLOCK + ITEM_X;
  if (counter < (N + 3) / 4) {
    uint words[4];
    g_philox_1(counter, (uint)step[0], 0, 0, key0, key1, words);
    float v[4];
#if KIND == 0
#pragma unroll
    for (int w = 0; w < 4; w++) {
      v[w] = g_uniform_1(words[w]);
    }
#else
    g_normals_1(words[0], words[1], &v[0], &v[1]);
    g_normals_1(words[2], words[3], &v[2], &v[3]);
#endif
    if (4 * counter + 4 <= N) {
      *(float4*)(y + 4 * (size_t)counter) = make_float4(v[0], v[1], v[2], v[3]);
    } else {
      for (int w = 0; 4 * counter + w < N; w++) {
        y[4 * counter + w] = v[w];
      }
    }
  }
}
