//! conv2d_filter: the images are cut into SPLIT parts, a group sums one; a second pass adds the parts in order
//! device  opencl cpu
//! tune    MR = 8 6 12   NV = 2 1 4   CB = 64 32 16   KB = 128 64 32   PX = 128 64 256   SPLIT = 8 2 4 16
//! let     CBLOCK  min(CB, C / G)
//! let     KBLOCK  min(KB, K / G + 16 * NV)
//! let     SUMS    R * S * (CBLOCK + ceil(CBLOCK, MR)) * KBLOCK
//! let     HIGH    min(P, max(1, PX / Q))
//! let     PATCH   max(1, PX / (P * Q)) * ((HIGH - 1) * SH + (R - 1) * DH + 1) * ((Q - 1) * SW + (S - 1) * DW + 1) * CBLOCK
//! when    4 * (SUMS + PATCH + (PX + Q) * KBLOCK) <= local
//! when    MR * NV <= 24 && (NV == 1 || K / G > 16) && (NV < 4 || K / G > 32)
//! when    (CB == 64 || C / G > 16) && (KB == 128 || K / G > 32) && 16 * NV <= KB
//! when    SPLIT <= N
//! default simd < 16 ? MR = 6 NV = 1
//! default C / G <= 4 && K / G > 32 ? MR = 6 NV = 4
//! default K / G <= 16 ? NV = 1
//! default N < 8 ? SPLIT = 2
//! prefer  G * ceil(C / G, CB) * ceil(K / G, KB) < 4 * units ? 10 : 0 - 1
//! scratch parts 4 * SPLIT * R * S * C / G * K
//! pass    conv2d_filter_parts
//! grid    ceil(C / G, CB)  ceil(K / G, KB)  G * SPLIT
//! pass    conv2d_filter_join
//! grid    ceil(R * S * C / G, 16)
// SPDX-License-Identifier: Apache-2.0

#include "local_copy.h"
#include "register_tile.h"
#include "sizes.h"

// parts [SPLIT, R*S*C/G, K]
#define SIZE ((size_t)R * S * (C / G) * K)
#define STORE(row, k, v) part[(size_t)(row) * K + (k)] = (v)
#define STORE16(row, k, v) vstore16((v), 0, part + (size_t)(row) * K + (k))

KERNEL void conv2d_filter_parts(PARAMS) {
  const int g = GROUP_Z / SPLIT;
  const int number = GROUP_Z - g * SPLIT;
  const int image = number * N / SPLIT;
  const int images = (number + 1) * N / SPLIT;
  const int part_c = GROUP_X;
  const int part_k = GROUP_Y;
  GLOBAL float* part = parts + number * SIZE;
#include "conv_filter.h"
}

#include "conv_join.h"
