//! conv2d_input: from at most 4 channels of y: each number of it times the filters' vectors along C; a group makes HIGH rows
//! device  opencl cpu
//! tune    HIGH = 4 1 16
//! let     VECTORS ceil(C, 16)
//! when    G == 1 && K <= 4 && C >= 8 && C <= 128
//! when    4 * (R * S * K * 16 * VECTORS + W * C + 16 * VECTORS + 16) <= local
//! prefer  10
//! grid    ceil(H, HIGH)  N
// SPDX-License-Identifier: Apache-2.0

#include "conv_classes.h"
#include "sizes.h"

#define VECTORS CEIL(C, 16)

KERNEL void conv2d_input(PARAMS) {
  const int n = GROUP_Y;
  LOCAL float16 filters[R * S * K * VECTORS]; // [R,S,K,VECTORS,16], zeros beyond the last channel
  // The pixels of a row in order: what a vector writes beyond its pixel, the next one writes again.
  LOCAL float line[W * C + 16 * VECTORS];
  LOCAL float* lanes = (LOCAL float*)filters;
  for (int tap = 0; tap < R * S; tap++) {
    for (int k = 0; k < K; k++) {
      for (int c = 0; c < 16 * VECTORS; c++) {
        lanes[(tap * K + k) * 16 * VECTORS + c] = c < C ? w[((size_t)tap * C + c) * K + k] : 0.0f;
      }
    }
  }
  for (int h = GROUP_X * HIGH; h < min(GROUP_X * HIGH + HIGH, H); h++) {
    for (int at = 0; at < W; at++) {
      float16 sum[VECTORS];
#pragma unroll
      for (int v = 0; v < VECTORS; v++) {
        sum[v] = (float16)(0.0f);
      }
      for (int r = 0; r < R; r++) {
        const int p = g_step_back(h + PH - r * DH, SH);
        if (p < 0 || p >= P) {
          continue;
        }
        for (int s = 0; s < S; s++) {
          const int q = g_step_back(at + PW - s * DW, SW);
          if (q < 0 || q >= Q) {
            continue;
          }
#pragma unroll
          for (int k = 0; k < K; k++) {
            const float16 factor = (float16)(PROLOGUE_Y((n * P + p) * Q + q, k));
#pragma unroll
            for (int v = 0; v < VECTORS; v++) {
              sum[v] = fma(factor, filters[((r * S + s) * K + k) * VECTORS + v], sum[v]);
            }
          }
        }
      }
#pragma unroll
      for (int v = 0; v < VECTORS; v++) {
        vstore16(sum[v], 0, line + at * C + 16 * v);
      }
    }
    const int row = (n * H + h) * W;
    int e = 0;
    for (; e + 16 <= W * C; e += 16) {
      EPILOGUE_RUN16(row * C + e, vload16(0, line + e));
    }
    for (; e < W * C; e++) {
      EPILOGUE(row + e / C, e - e / C * C, line[e]);
    }
  }
}
