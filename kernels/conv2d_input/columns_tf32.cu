//! conv2d_input: columns on tensor cores: operands rounded to TF32, STAGES slabs of asynchronous copies
//! device  cuda sm>=80
//! when    tf32
//! let     COLUMNS R * S * C
//! let     BN ceil(COLUMNS, 32) * 32
//! let     HALO_H (R - 1) * DH / SH
//! let     HALO_W (S - 1) * DW / SW
//! let     UNITS_H (H - 1 + PH) / SH - PH / SH + 1
//! let     UNITS_W (W - 1 + PW) / SW - PW / SW + 1
//! let     PATCH_W min(Q, WIDE)
//! let     PATCH_H min(P, BM / PATCH_W)
//! let     OWN_H PATCH_H == P ? UNITS_H : PATCH_H - HALO_H
//! let     OWN_W PATCH_W == Q ? UNITS_W : PATCH_W - HALO_W
//! let     WARPS (BM / WM) * (BN / 32)
//! let     SHARED 4 * max(BM * (BN + 8), STAGES * (BM + BN) * (BK + 8))
//! when    G == 1 && COLUMNS <= 160
//! when    OWN_H >= 1 && OWN_W >= 1
//! when    WARPS >= 4 && WARPS <= 16 && SHARED <= local
//! when    N * H * W * C < 2147483647 && N * P * Q * K < 2147483647
//! tune    BM = 128 256   BK = 16 32   WM = 32 64   STAGES = 2 3   WIDE = 32 16 64
//! default COLUMNS > 64 ? WM = 64
//! default Q > 32 && HALO_W >= SW ? WIDE = 16
//! prefer  C <= 8 && K >= 16 && OWN_H * OWN_W * 8 >= BM ? 30 : 0 - 1
//! grid    N * ceil(UNITS_H, OWN_H) * ceil(UNITS_W, OWN_W)
//! block   WARPS * 32
//! shared  SHARED
//! note    items reads every pixel of y R*S*C times: on an H100 it takes 9 times as long for 3 channels of 64 x 64 pixels, 4 x 4 taps
// SPDX-License-Identifier: Apache-2.0
#define MMA_BF16 0
#define BN ((R * S * C + 31) / 32 * 32)
#define WN 32
#include "mma.h"
#include "conv.h"

KERNEL void __launch_bounds__((BM / TM) * (BN / TN)) conv2d_input(PARAMS) {
#include "conv2d_input_columns.h"
}
