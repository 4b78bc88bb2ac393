// SPDX-License-Identifier: Apache-2.0
// Matrices of 16 x 16 turned in the registers of OpenCL CPU devices.
#ifndef GANDER_TURN_H
#define GANDER_TURN_H

#include "shuffle.h"

// Rows become columns: four perfect shuffles.
DEVICE void g_turn16(float16* r) {
#pragma unroll
  for (int round = 0; round < 4; round++) {
    float16 t[16];
#pragma unroll
    for (int i = 0; i < 8; i++) {
      t[2 * i] = g_lower_lanes(r[i], r[i + 8]);
      t[2 * i + 1] = g_upper_lanes(r[i], r[i + 8]);
    }
#pragma unroll
    for (int i = 0; i < 16; i++) {
      r[i] = t[i];
    }
  }
}

#endif
