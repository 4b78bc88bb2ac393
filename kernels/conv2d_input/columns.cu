//! conv2d_input: few channels: a patch of y times all filters, [pixels, K] x [K, R*S*C], from which elements of x gather their taps
//! device  cuda
//! let     COLUMNS R * S * C
//! let     BN ceil(COLUMNS, 16) * 16
//! let     HALO_H (R - 1) * DH / SH
//! let     HALO_W (S - 1) * DW / SW
//! let     UNITS_H (H - 1 + PH) / SH - PH / SH + 1
//! let     UNITS_W (W - 1 + PW) / SW - PW / SW + 1
//! let     PATCH_W min(Q, WIDE)
//! let     PATCH_H min(P, BM / PATCH_W)
//! let     OWN_H PATCH_H == P ? UNITS_H : PATCH_H - HALO_H
//! let     OWN_W PATCH_W == Q ? UNITS_W : PATCH_W - HALO_W
//! let     SHARED 4 * max(BM * (BN + 4), 2 * BK * (BM + BN + 8))
//! when    G == 1 && COLUMNS <= 160
//! when    OWN_H >= 1 && OWN_W >= 1
//! when    BN % (4 * TN) == 0 && (BM / TM) * (BN / TN) >= 64 && (BM / TM) * (BN / TN) <= 512 && SHARED <= local
//! when    N * H * W * C < 2147483647 && N * P * Q * K < 2147483647
//! tune    BM = 384 128 256   BK = 16 8   TM = 4 8   TN = 4 8 12   WIDE = 32 16 64
//! default COLUMNS > 64 ? BM = 128
//! default BN % 48 == 0 ? TN = 12
//! default BN % 32 == 0 ? TN = 8
//! default Q > 32 && HALO_W >= SW ? WIDE = 16
//! prefer  C <= 8 && K >= 16 && OWN_H * OWN_W * 8 >= BM ? 20 : 0 - 1
//! grid    N * ceil(UNITS_H, OWN_H) * ceil(UNITS_W, OWN_W)
//! block   (BM / TM) * (BN / TN)
//! shared  SHARED
//! note    items reads every pixel of y R*S*C times: on an H100 it takes 7 times as long for 3 channels of 64 x 64 pixels, 4 x 4 taps
// SPDX-License-Identifier: Apache-2.0
#define BN ((R * S * C + 15) / 16 * 16)
#define LANES_ACROSS 4
#define RING ring
#include "conv.h"
#include "dynamic_local.h"

// As many blocks of a multiprocessor at a time as its 65536 registers allow, with 64 a thread besides its sums.
#define THREADS ((BM / TM) * (BN / TN))
#define BLOCKS (65536 / (THREADS * (TM * TN + 64)))

KERNEL void __launch_bounds__(THREADS, BLOCKS > 0 ? BLOCKS : 1) conv2d_input(PARAMS) {
  DYNAMIC_LOCAL(float4, ring);
#include "conv2d_input_columns.h"
}
