//! conv2d_filter: a filter for every channel: a group sums 16 channels over one of SPLIT parts of the images
//! device  opencl cpu
//! when    C == G && K == G && C >= 16 && R * S <= 49
//! when    SPLIT <= N
//! tune    SPLIT = 4 1 2 16
//! default N < 4 ? SPLIT = 1
//! prefer  30
//! scratch parts 4 * SPLIT * R * S * C
//! pass    conv2d_filter_parts
//! grid    ceil(C, 16)  SPLIT
//! pass    conv2d_filter_join
//! grid    ceil(R * S, 16)
// SPDX-License-Identifier: Apache-2.0

#include "conv_steps.h"

// parts [SPLIT, R*S, C]
#define SIZE ((size_t)R * S * C)

KERNEL void conv2d_filter_parts(PARAMS) {
  // The last vector is moved down, and stores only what is its own.
  const int c = min(GROUP_X * 16, C - 16);
  LOCAL float16 sums[R * S];
  for (int tap = 0; tap < R * S; tap++) {
    sums[tap] = (float16)(0.0f);
  }
  for (int n = GROUP_Y * N / SPLIT; n < (GROUP_Y + 1) * N / SPLIT; n++) {
    for (int p = 0; p < P; p++) {
      for (int r = 0; r < R; r++) {
        const int h = p * SH - PH + r * DH;
        if (h < 0 || h >= H) {
          continue;
        }
        for (int s = 0; s < S; s++) {
          const int shift = s * DW - PW;
          const int end = g_end_of_steps(shift);
          float16 sum = sums[r * S + s];
          GLOBAL const float* from_x = x + ((size_t)(n * H + h) * W + shift) * C + c;
          GLOBAL const float* from_y = y + (size_t)(n * P + p) * Q * C + c;
          for (int q = g_first_step(shift); q < end; q++) {
            sum = fma(vload16(0, from_x + q * SW * C), vload16(0, from_y + q * C), sum);
          }
          sums[r * S + s] = sum;
        }
      }
    }
  }
  for (int tap = 0; tap < R * S; tap++) {
    GLOBAL float* to = parts + GROUP_Y * SIZE + (size_t)tap * C + c;
    if (c == GROUP_X * 16) {
      vstore16(sums[tap], 0, to);
    } else {
      for (int lane = GROUP_X * 16 - c; lane < 16; lane++) {
        to[lane] = ((LOCAL const float*)(sums + tap))[lane];
      }
    }
  }
}

#include "conv_join.h"
