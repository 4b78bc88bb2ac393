//! adam: one weight a work-item
//! device  opencl gpu
//! tune    BLOCK = 256 128 64
//! grid    ceil(N, BLOCK)
//! block   BLOCK
// SPDX-License-Identifier: Apache-2.0
#include "adam.h"

// w2, m2 and v2 may be w, m and v: an element is read before it is written, and nobody else touches it.
KERNEL void adam(GLOBAL const float* w, GLOBAL const float* g, GLOBAL const float* m, GLOBAL const float* v,
                 GLOBAL const float* t, GLOBAL const float* rate, GLOBAL float* w2, GLOBAL float* m2,
                 GLOBAL float* v2) {
  const int i = GROUP_X * BLOCK + ITEM_X;
  if (i < N) {
    const float gradient = g[i];
    const float mean = g_fma_1(BETA1, m[i], ADAM_REST1() * gradient);
    const float square = g_fma_1(BETA2, v[i], ADAM_REST2() * (gradient * gradient));
    const float step = ADAM_RATE(rate[0], t[0]);
    const float weight = w[i] - step * mean / (g_sqrt_1(square * ADAM_SCALE(t[0])) + EPSILON);
    m2[i] = mean;
    v2[i] = square;
    w2[i] = weight;
  }
}
