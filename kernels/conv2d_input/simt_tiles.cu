//! conv2d_input: pixels with the same (h % SH, w % SW) meet the same taps: a matrix product for each such class
//! device  cuda
//! let     CLASSES min(SH, H) * min(SW, W)
//! let     ROWS N * ceil(H, SH) * ceil(W, SW)
//! let     COLUMNS C / G
//! when    BN / TN % 8 == 0 && BM / TM % 4 == 0
//! when    (BM / TM) * (BN / TN) >= 64 && (BM / TM) * (BN / TN) <= 256
//! when    G <= 65535 && min(SH, H) * min(SW, W) <= 65535
//! tune    BM = 128 64 32   BN = 128 64 32   BK = 16 8   TM = 8 4   TN = 8 4
//! default G * CLASSES * ceil(ROWS, 64) * ceil(COLUMNS, 64) < units ? BM = 32 BN = 32 TM = 4 TN = 4
//! default COLUMNS <= 32 ? BM = 128 BN = 32 TN = 4
//! default G * CLASSES * ceil(ROWS, 128) * ceil(COLUMNS, 64) * 16 < units * 15 ? BM = 64 BN = 64 TM = 4 TN = 4
//! default COLUMNS <= 64 ? BN = 64
//! default G * CLASSES * ceil(ROWS, 128) * ceil(COLUMNS, 128) * 16 < units * 15 ? BN = 64 TN = 4
//! grid    ceil(C / G, BN) * ceil(N * ceil(H, SH) * ceil(W, SW), BM)  G  min(SH, H) * min(SW, W)
//! block   (BM / TM) * (BN / TN)
//! note    items prefers itself where a group has few channels
// SPDX-License-Identifier: Apache-2.0
#include "conv.h"

KERNEL void __launch_bounds__((BM / TM) * (BN / TN)) conv2d_input(PARAMS) {
#include "conv2d_input_tiles.h"
}
