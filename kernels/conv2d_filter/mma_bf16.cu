//! conv2d_filter: split on tensor cores: operands rounded to BF16, STAGES slabs of asynchronous copies
//! device  cuda sm>=80
//! when    bf16
//! let     ROWS R * S * (C / G)
//! let     COLUMNS K / G
//! let     DEPTH N * P * Q
//! let     TILES G * ceil(ROWS, 128) * ceil(COLUMNS, 128)
//! let     WARPS (BM / WM) * (BN / WN)
//! let     RING 4 * STAGES * BK * (BM + BN + 8)
//! when    WARPS >= 4 && WARPS <= 8 && RING <= local
//! when    G <= 65535
//! tune    BM = 128 256 64   BN = 128 64 32   BK = 32 16   WM = 64 32   WN = 64 32   STAGES = 3 2 4   SPLIT = 256 1 4 16 64 128
//! default sm != 90 ? WN = 32
//! default COLUMNS <= 32 ? BN = 32 WM = 32 WN = 32
//! default ROWS <= 64 || COLUMNS <= 64 ? BM = 64 BN = 64 WM = 32 WN = 32
//! default DEPTH < 256 || TILES * 16 >= units * 15 ? SPLIT = 1
//! default DEPTH < 2048 || TILES * 64 >= units * 15 ? SPLIT = 4
//! default DEPTH < 8192 || TILES * 256 >= units * 15 ? SPLIT = 16
//! default DEPTH < 32768 || TILES * 1024 >= units * 15 ? SPLIT = 64
//! prefer  ROWS >= 16 && COLUMNS >= 16 && DEPTH >= 16 ? 5 : 0 - 1
//! scratch parts 4 * SPLIT * ROWS * K
//! pass    conv2d_filter_parts
//! grid    ceil(COLUMNS, BN) * ceil(ROWS, BM)  G  SPLIT
//! block   WARPS * 32
//! shared  RING
//! pass    conv2d_filter_join
//! grid    ceil(ROWS * K, 256)
//! block   256
//! note    items prefers itself where a group has few channels
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
