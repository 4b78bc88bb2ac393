//! conv2d: a matrix product of pixels, (r,s,c) and filters that is never laid out; tiles as matmul/simt_tiles.cu has
//! device  cuda
//! let     ROWS N * P * Q
//! let     COLUMNS K / G
//! when    BN / TN % 8 == 0 && BM / TM % 4 == 0
//! when    (BM / TM) * (BN / TN) >= 64 && (BM / TM) * (BN / TN) <= 256
//! when    G <= 65535
//! tune    BM = 128 64 32   BN = 128 64 32   BK = 16 8   TM = 8 4   TN = 8 4
//! default G * ceil(ROWS, 64) * ceil(COLUMNS, 64) < units ? BM = 32 BN = 32 TM = 4 TN = 4
//! default COLUMNS <= 32 ? BM = 128 BN = 32 TN = 4
//! default G * ceil(ROWS, 128) * ceil(COLUMNS, 64) * 16 < units * 15 ? BM = 64 BN = 64 TM = 4 TN = 4
//! default COLUMNS <= 64 ? BN = 64
//! default G * ceil(ROWS, 128) * ceil(COLUMNS, 128) * 16 < units * 15 ? BN = 64 TN = 4
//! grid    ceil(K / G, BN) * ceil(N * P * Q, BM)  G
//! block   (BM / TM) * (BN / TN)
//! note    items prefers itself where a group has few channels
// SPDX-License-Identifier: Apache-2.0
#include "conv.h"

KERNEL void __launch_bounds__((BM / TM) * (BN / TN)) conv2d(PARAMS) {
#include "conv2d_tiles.h"
}
