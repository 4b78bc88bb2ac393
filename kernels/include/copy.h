// SPDX-License-Identifier: Apache-2.0
// Copying and filling by one work-item, for OpenCL CPU devices. `to` and `from` do not overlap.
#ifndef GANDER_COPY_H
#define GANDER_COPY_H

DEVICE void g_copy(GLOBAL float* to, GLOBAL const float* from, int count) {
  int i = 0;
  for (; i + 64 <= count; i += 64) {
    const float16 v0 = vload16(0, from + i);
    const float16 v1 = vload16(1, from + i);
    const float16 v2 = vload16(2, from + i);
    const float16 v3 = vload16(3, from + i);
    vstore16(v0, 0, to + i);
    vstore16(v1, 1, to + i);
    vstore16(v2, 2, to + i);
    vstore16(v3, 3, to + i);
  }
  for (; i + 16 <= count; i += 16) {
    vstore16(vload16(0, from + i), 0, to + i);
  }
  for (; i < count; i++) {
    to[i] = from[i];
  }
}

DEVICE void g_fill(GLOBAL float* to, float value, int count) {
  int i = 0;
  for (; i + 16 <= count; i += 16) {
    vstore16((float16)(value), 0, to + i);
  }
  for (; i < count; i++) {
    to[i] = value;
  }
}

#endif
