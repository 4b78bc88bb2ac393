// SPDX-License-Identifier: Apache-2.0
// Matrices of 16 x 16 turned in the registers of OpenCL CPU devices.
#ifndef GANDER_TURN_H
#define GANDER_TURN_H

// Rows become columns: four perfect shuffles.
DEVICE void g_turn16(float16* r) {
#pragma unroll
  for (int round = 0; round < 4; round++) {
    float16 t[16];
#pragma unroll
    for (int i = 0; i < 8; i++) {
      const float16 p = r[i];
      const float16 q = r[i + 8];
      t[2 * i] = (float16)(p.s0, q.s0, p.s1, q.s1, p.s2, q.s2, p.s3, q.s3,
                           p.s4, q.s4, p.s5, q.s5, p.s6, q.s6, p.s7, q.s7);
      t[2 * i + 1] = (float16)(p.s8, q.s8, p.s9, q.s9, p.sa, q.sa, p.sb, q.sb,
                               p.sc, q.sc, p.sd, q.sd, p.se, q.se, p.sf, q.sf);
    }
#pragma unroll
    for (int i = 0; i < 16; i++) {
      r[i] = t[i];
    }
  }
}

#endif
