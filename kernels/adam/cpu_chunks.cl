//! adam: each work-item updates CHUNK consecutive weights
//! device  opencl cpu
//! tune    CHUNK = 2048 1024 8192
//! grid    ceil(N, CHUNK)
// SPDX-License-Identifier: Apache-2.0
#include "adam.h"

// w2, m2 and v2 may be w, m and v: an element is read before it is written, and nobody else touches it.
KERNEL void adam(GLOBAL const float* w, GLOBAL const float* g, GLOBAL const float* m, GLOBAL const float* v,
                 GLOBAL const float* t, GLOBAL const float* rate, GLOBAL float* w2, GLOBAL float* m2,
                 GLOBAL float* v2) {
  const float rest1 = ADAM_REST1();
  const float rest2 = ADAM_REST2();
  const float step = ADAM_RATE(rate[0], t[0]);
  const float scale = ADAM_SCALE(t[0]);
  const int first = GROUP_X * CHUNK;
  const int end = first + CHUNK < N ? first + CHUNK : N;
  int i = first;
  for (; i + 16 <= end; i += 16) {
    const float16 gradient = vload16(0, g + i);
    const float16 mean = fma((float16)(BETA1), vload16(0, m + i), rest1 * gradient);
    const float16 square = fma((float16)(BETA2), vload16(0, v + i), rest2 * (gradient * gradient));
    const float16 weight = vload16(0, w + i) - step * mean / (sqrt(square * scale) + EPSILON);
    vstore16(mean, 0, m2 + i);
    vstore16(square, 0, v2 + i);
    vstore16(weight, 0, w2 + i);
  }
  for (; i < end; i++) {
    const float gradient = g[i];
    const float mean = fma(BETA1, m[i], rest1 * gradient);
    const float square = fma(BETA2, v[i], rest2 * (gradient * gradient));
    const float weight = w[i] - step * mean / (sqrt(square * scale) + EPSILON);
    m2[i] = mean;
    v2[i] = square;
    w2[i] = weight;
  }
}
