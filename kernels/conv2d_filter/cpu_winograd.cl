//! conv2d_filter: Winograd's filtering for 3x3 filters, and for 4x4 at stride 2; every image goes by
//! device  opencl cpu
//! tune    MR = 8 4   NV = 2 1   CB = 64 32 16   KB = 64 128 32   TB = 32 64 128
//! let     TAPS    R / SH
//! let     POINTS  (TAPS + 1) * (TAPS + 1)
//! let     WIDE    16 * NV
//! let     ROWS    SH * SW * 16 * ceil(min(C, CB), 16)
//! let     COLUMNS WIDE * ceil(min(K, KB), WIDE)
//! when    G == 1 && DH == 1 && DW == 1 && R == S && SH == SW && (R == 3 && SH == 1 || R == 4 && SH == 2)
//! when    C >= 16 && P >= 2 && Q >= 2 && ROWS % MR == 0
//! when    4 * (POINTS * (TB * (ROWS + 16 + COLUMNS) + ROWS * COLUMNS) + 64) <= local
//! when    MR * NV <= 24 && (NV == 1 || K > 16) && WIDE <= KB
//! when    (CB == 64 || C > 16) && (KB == 64 || K > 32)
//! default simd < 16 ? MR = 4 NV = 1
//! default K <= 16 ? NV = 1
//! prefer  20
//! grid    ceil(C, CB)  ceil(K, KB)
//! note    winograd_split is for those with too few channels to share out
// SPDX-License-Identifier: Apache-2.0

#define TAPS (R / SH)
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
