//! conv2d_filter: Winograd's filtering for 3x3 and 5x5 filters, and for 4x4 at stride 2; every image goes by
//! device  opencl cpu
//! tune    TILE = 2 4   MR = 8 4   NV = 2 1   CB = 64 32 16   KB = 64 128 32   TB = 32 16 64
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
//! default R == 3 && P >= 4 && Q >= 4 ? TILE = 4
//! default R == 4 && N * (P / 4) * (Q / 4) >= 128 ? TILE = 4 CB = 16
//! default R != 4 ? TB = 16
//! default simd < 16 ? MR = 4 NV = 1
//! default K <= 16 ? NV = 1
//! winograd TILE
//! prefer  20
//! grid    ceil(C, CB)  ceil(K, KB)
//! note    winograd_split is for those with too few channels to share out
// SPDX-License-Identifier: Apache-2.0

#define MADE (R / SH)
#define TAPS TILE
#include "register_tile.h"
#include "sizes.h"
#include "winograd.h"

#define STORE(row, k, v) EPILOGUE(row, k, v)
#define STORE16(row, k, v) EPILOGUE16(row, k, v)

KERNEL void conv2d_filter(PARAMS) {
  const int image = 0;
  const int images = N;
  const int part_c = GROUP_X;
  const int part_k = GROUP_Y;
#include "winograd_filter.h"
}
