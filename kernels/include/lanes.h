// SPDX-License-Identifier: Apache-2.0
// Sums over the lanes of a vector, for OpenCL CPU devices.
#ifndef GANDER_LANES_H
#define GANDER_LANES_H

#include "shuffle.h"

DEVICE float g_sum16(float16 v) {
  return ((v.s0 + v.s8) + (v.s4 + v.sc)) + ((v.s2 + v.sa) + (v.s6 + v.se)) +
         (((v.s1 + v.s9) + (v.s5 + v.sd)) + ((v.s3 + v.sb) + (v.s7 + v.sf)));
}

// The sums of 16 vectors, each in its own lane: halves of two are added at a time.
DEVICE float16 g_sums16(LOCAL const float16* v) {
  float16 r[16];
#pragma unroll
  for (int i = 0; i < 16; i++) {
    r[i] = v[i];
  }
#pragma unroll
  for (int apart = 8; apart > 0; apart /= 2) {
#pragma unroll
    for (int i = 0; i < apart; i++) {
      r[i] = g_lower_lanes(r[i], r[i + apart]) + g_upper_lanes(r[i], r[i + apart]);
    }
  }
  return r[0];
}

#endif
