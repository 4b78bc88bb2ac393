//! conv2d_filter: a matrix product over the pixels, cut into SPLIT parts; a second pass adds the parts in order
//! device  cuda
//! let     ROWS R * S * (C / G)
//! let     COLUMNS K / G
//! let     DEPTH N * P * Q
//! let     TILES G * ceil(ROWS, 128) * ceil(COLUMNS, 64)
//! when    BN / TN % 8 == 0 && BM / TM % 4 == 0
//! when    (BM / TM) * (BN / TN) >= 64 && (BM / TM) * (BN / TN) <= 256
//! when    G <= 65535
//! tune    BM = 128 64 32   BN = 64 128 32   BK = 16 8   TM = 8 4   TN = 8 4   SPLIT = 256 1 4 16 64 128
//! default COLUMNS <= 32 ? BM = 64 BN = 32 TM = 4 TN = 4
//! default ROWS <= 64 ? BM = 64 TM = 4 TN = 4
//! default DEPTH < 256 || TILES * 16 >= units * 30 ? SPLIT = 1
//! default DEPTH < 2048 || TILES * 64 >= units * 30 ? SPLIT = 4
//! default DEPTH < 8192 || TILES * 256 >= units * 30 ? SPLIT = 16
//! default DEPTH < 32768 || TILES * 1024 >= units * 30 ? SPLIT = 64
//! scratch parts 4 * SPLIT * R * S * (C / G) * K
//! pass    conv2d_filter_parts
//! grid    ceil(K / G, BN) * ceil(R * S * (C / G), BM)  G  SPLIT
//! block   (BM / TM) * (BN / TN)
//! pass    conv2d_filter_join
//! grid    ceil(R * S * (C / G) * K, 256)
//! block   256
//! note    items prefers itself where a group has few channels
// SPDX-License-Identifier: Apache-2.0
#include "conv.h"

KERNEL void __launch_bounds__((BM / TM) * (BN / TN)) conv2d_filter_parts(PARAMS) {
#include "conv2d_filter_split.h"
}

KERNEL void __launch_bounds__(256) conv2d_filter_join(PARAMS) {
#include "conv2d_filter_join.h"
}
