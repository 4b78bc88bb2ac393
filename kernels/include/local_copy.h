// SPDX-License-Identifier: Apache-2.0
// Filling local memory by one work-item, for OpenCL CPU devices.
#ifndef GANDER_LOCAL_COPY_H
#define GANDER_LOCAL_COPY_H

DEVICE void g_copy_local(LOCAL float* to, GLOBAL const float* from, int count) {
  int i = 0;
  for (; i + 16 <= count; i += 16) {
    vstore16(vload16(0, from + i), 0, to + i);
  }
  for (; i < count; i++) {
    to[i] = from[i];
  }
}

DEVICE void g_zero_local(LOCAL float* to, int count) {
  int i = 0;
  for (; i + 16 <= count; i += 16) {
    vstore16((float16)(0.0f), 0, to + i);
  }
  for (; i < count; i++) {
    to[i] = 0.0f;
  }
}

#endif
