// SPDX-License-Identifier: Apache-2.0
// Sums over the lanes of a vector, for OpenCL CPU devices.
#ifndef GANDER_LANES_H
#define GANDER_LANES_H

DEVICE float g_sum16(float16 v) {
  return ((v.s0 + v.s8) + (v.s4 + v.sc)) + ((v.s2 + v.sa) + (v.s6 + v.se)) +
         (((v.s1 + v.s9) + (v.s5 + v.sd)) + ((v.s3 + v.sb) + (v.s7 + v.sf)));
}

#endif
