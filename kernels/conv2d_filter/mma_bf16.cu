//! conv2d_filter: split on tensor cores: operands rounded to BF16, STAGES slabs of asynchronous copies
//! device  cuda sm>=80
//! when    bf16
//! let     ROWS R * S * (C / G)
//! let     COLUMNS K / G
//! let     DEPTH N * P * Q
//! let     BLOCKS G * ceil(ROWS, 64) * ceil(COLUMNS, 64)
//! let     WARPS (BM / WM) * (BN / 32)
//! let     RING 4 * STAGES * BK * (BM + BN + 8)
//! when    WARPS >= 4 && WARPS <= 8 && RING <= local
//! when    G <= 65535
//! tune    BM = 128 64   BN = 128 64 32   BK = 16 32   WM = 64 32   STAGES = 3 2 4   SPLIT = 16 1 4 64 128 256
//! default COLUMNS <= 32 ? BM = 128 BN = 32 BK = 32 WM = 32
//! default ROWS <= 64 || COLUMNS <= 64 ? BM = 64 BN = 64 BK = 32 WM = 32
//! default DEPTH < 256 || BLOCKS >= 4 * units ? SPLIT = 1
//! default DEPTH < 2048 || BLOCKS * 4 >= units ? SPLIT = 4
//! default DEPTH >= 32768 && BLOCKS * 32 < units ? SPLIT = 128
//! default DEPTH >= 8192 && BLOCKS * 8 < units ? SPLIT = 64
//! prefer  ROWS >= 16 && COLUMNS >= 16 && DEPTH >= 16 ? 5 : 0 - 1
//! scratch parts 4 * SPLIT * ROWS * K
//! pass    conv2d_filter_parts
//! grid    ceil(COLUMNS, BN) * ceil(ROWS, BM)  G  SPLIT
//! block   WARPS * 32
//! shared  RING
//! pass    conv2d_filter_join
//! grid    ceil(ROWS * K, 256)
//! block   256
//! note    items prefers itself where a group has few channels; none of this is measured yet
// SPDX-License-Identifier: Apache-2.0
#define MMA_BF16 1
#include "mma.h"
#include "conv.h"

KERNEL void __launch_bounds__((BM / TM) * (BN / TN)) conv2d_filter_parts(PARAMS) {
#include "conv2d_filter_split.h"
}

KERNEL void __launch_bounds__(256) conv2d_filter_join(PARAMS) {
#include "conv2d_filter_join.h"
}
