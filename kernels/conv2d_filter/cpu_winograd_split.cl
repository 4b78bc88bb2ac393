//! conv2d_filter: Winograd's filtering; the images are cut into SPLIT parts, and a second pass adds the parts in order
//! device  opencl cpu
//! tune    TILE = 2 4   MR = 8 4   NV = 2 1   CB = 64 32 16   KB = 64 128 32   TB = 32 16 64   SPLIT = 8 2 4 16
//! let     EDGE    (TILE + R / SH - 1)
//! let     POINTS  EDGE * EDGE
//! let     WIDE    16 * NV
//! let     ROWS    SH * SW * MR * ceil(min(C, CB), MR)
//! let     COLUMNS WIDE * ceil(min(K, KB), WIDE)
//! when    G == 1 && DH == 1 && DW == 1 && R == S && SH == SW && (SH == 1 && (R == 3 || R == 5) || R == 4 && SH == 2)
//! when    (TILE == 2 || R <= 4) && C >= 16 && P >= TILE && Q >= TILE
//! when    4 * (POINTS * (TB * (ROWS + 32 + COLUMNS) + ROWS * COLUMNS + 64) + 400) <= local
//! when    MR * NV <= 24 && (NV == 1 || K > 16) && WIDE <= KB
//! when    (CB == 64 || C > 16) && (KB == 64 || K > 32)
//! when    SPLIT <= N
//! default R == 3 && P >= 4 && Q >= 4 ? TILE = 4
//! default R == 4 && N * (P / 4) * (Q / 4) >= 128 ? TILE = 4 CB = 16
//! default R != 4 ? TB = 16
//! default simd < 16 ? MR = 4 NV = 1
//! default K <= 16 ? NV = 1
//! default N < 8 ? SPLIT = 2
//! winograd TILE
//! prefer  ceil(C, CB) * ceil(K, KB) < 4 * units ? 30 : 0 - 1
//! scratch parts 4 * SPLIT * R * S * C * K
//! pass    conv2d_filter_parts
//! grid    ceil(C, CB)  ceil(K, KB)  SPLIT
//! pass    conv2d_filter_join
//! grid    ceil(R * S * C, 16)
// SPDX-License-Identifier: Apache-2.0

#define MADE (R / SH)
#define TAPS TILE
#include "register_tile.h"
#include "sizes.h"
#include "winograd.h"

// parts [SPLIT, R*S*C, K]
#define SIZE ((size_t)R * S * C * K)
#define STORE(row, k, v) part[(size_t)(row) * K + (k)] = (v)
#define STORE16(row, k, v) vstore16((v), 0, part + (size_t)(row) * K + (k))

KERNEL void conv2d_filter_parts(PARAMS) {
  const int image = GROUP_Z * N / SPLIT;
  const int images = (GROUP_Z + 1) * N / SPLIT;
  const int part_c = GROUP_X;
  const int part_k = GROUP_Y;
  GLOBAL float* part = parts + GROUP_Z * SIZE;
#include "winograd_filter.h"
}

#include "conv_join.h"
