//! conv2d_filter: a group sums CB x KB channels and all taps in local memory while every image goes by
//! device  opencl cpu
//! tune    MR = 8 6 12   NV = 2 1   CB = 64 32 16   KB = 128 64 32   PX = 128 64 256
//! let     CBLOCK  min(CB, C / G)
//! let     KBLOCK  min(KB, K / G + 16 * NV)
//! let     SUMS    R * S * (CBLOCK + ceil(CBLOCK, MR)) * KBLOCK
//! let     HIGH    min(P, max(1, PX / Q))
//! let     PATCH   max(1, PX / (P * Q)) * ((HIGH - 1) * SH + (R - 1) * DH + 1) * ((Q - 1) * SW + (S - 1) * DW + 1) * CBLOCK
//! when    4 * (SUMS + PATCH + (PX + Q) * KBLOCK) <= local
//! when    MR * NV <= 24 && (NV == 1 || K / G > 16)
//! when    (CB == 64 || C / G > 16) && (KB == 128 || K / G > 32) && 16 * NV <= KB
//! default simd < 16 ? MR = 6 NV = 1
//! default K / G <= 16 ? NV = 1
//! grid    ceil(C / G, CB)  ceil(K / G, KB)  G
//! note    cpu_split is for those with too few channels to share out
// SPDX-License-Identifier: Apache-2.0

#include "local_copy.h"
#include "register_tile.h"
#include "sizes.h"

#define STORE(row, k, v) EPILOGUE(row, k, v)
#define STORE16(row, k, v) EPILOGUE16(row, k, v)

KERNEL void conv2d_filter(PARAMS) {
  const int g = GROUP_Z;
  const int image = 0;
  const int images = N;
  const int part_c = GROUP_X;
  const int part_k = GROUP_Y;
#include "conv_filter.h"
}
