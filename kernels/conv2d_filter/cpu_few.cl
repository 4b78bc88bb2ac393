//! conv2d_filter: at most 4 filters: vectors run along the channels of x; a group sums one of SPLIT parts of the images
//! device  opencl cpu
//! tune    SPLIT = 8 2 4 16
//! let     VECTORS ceil(C, 16)
//! when    G == 1 && K <= 4 && C >= 16 && VECTORS * K <= 16
//! when    SPLIT <= N
//! when    64 * R * S * K * VECTORS <= local
//! default N < 8 ? SPLIT = 2
//! prefer  20
//! scratch parts 4 * SPLIT * R * S * C * K
//! pass    conv2d_filter_parts
//! grid    SPLIT
//! pass    conv2d_filter_join
//! grid    ceil(R * S * C, 16)
// SPDX-License-Identifier: Apache-2.0

#include "conv_steps.h"
#include "sizes.h"

// parts [SPLIT, R*S*C, K]
#define SIZE ((size_t)R * S * C * K)
#define VECTORS CEIL(C, 16)

// The first channel of a vector; the last vector is moved down, over channels that another one sums to the same bits.
#define START(v) min(16 * (v), C - 16)

KERNEL void conv2d_filter_parts(PARAMS) {
  LOCAL float16 sums[R * S * K * VECTORS]; // [R,S,K,VECTORS,16]
  for (int i = 0; i < R * S * K * VECTORS; i++) {
    sums[i] = (float16)(0.0f);
  }
  for (int n = GROUP_X * N / SPLIT; n < (GROUP_X + 1) * N / SPLIT; n++) {
    for (int p = 0; p < P; p++) {
      for (int r = 0; r < R; r++) {
        const int h = p * SH - PH + r * DH;
        if (h < 0 || h >= H) {
          continue;
        }
        for (int s = 0; s < S; s++) {
          const int shift = s * DW - PW;
          const int end = g_end_of_steps(shift);
          LOCAL float16* own = sums + (r * S + s) * K * VECTORS;
          float16 sum[K][VECTORS];
#pragma unroll
          for (int k = 0; k < K; k++) {
#pragma unroll
            for (int v = 0; v < VECTORS; v++) {
              sum[k][v] = own[k * VECTORS + v];
            }
          }
          GLOBAL const float* from_x = x + ((long)(n * H + h) * W + shift) * C;
          GLOBAL const float* from_y = y + (size_t)(n * P + p) * Q * K;
          for (int q = g_first_step(shift); q < end; q++) {
            float16 x16[VECTORS];
#pragma unroll
            for (int v = 0; v < VECTORS; v++) {
              x16[v] = vload16(0, from_x + q * SW * C + START(v));
            }
#pragma unroll
            for (int k = 0; k < K; k++) {
              const float16 factor = (float16)(from_y[q * K + k]);
#pragma unroll
              for (int v = 0; v < VECTORS; v++) {
                sum[k][v] = fma(factor, x16[v], sum[k][v]);
              }
            }
          }
#pragma unroll
          for (int k = 0; k < K; k++) {
#pragma unroll
            for (int v = 0; v < VECTORS; v++) {
              own[k * VECTORS + v] = sum[k][v];
            }
          }
        }
      }
    }
  }
  GLOBAL float* part = parts + GROUP_X * SIZE;
  for (int tap = 0; tap < R * S; tap++) {
    for (int k = 0; k < K; k++) {
      for (int v = 0; v < VECTORS; v++) {
        LOCAL const float* lanes = (LOCAL const float*)(sums + (tap * K + k) * VECTORS + v);
        for (int lane = 0; lane < 16; lane++) {
          part[((size_t)tap * C + START(v) + lane) * K + k] = lanes[lane];
        }
      }
    }
  }
}

#include "conv_join.h"
