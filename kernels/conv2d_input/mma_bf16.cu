//! conv2d_input: simt_tiles on tensor cores: operands rounded to BF16, STAGES slabs of asynchronous copies
//! device  cuda sm>=80
//! when    bf16
//! let     CLASSES min(SH, H) * min(SW, W)
//! let     ROWS N * ceil(H, SH) * ceil(W, SW)
//! let     COLUMNS C / G
//! let     DEPTH R * S * (K / G)
//! let     WARPS (BM / WM) * (BN / WN)
//! let     RING 4 * STAGES * (BM + BN) * (BK + 8)
//! when    WARPS >= 4 && WARPS <= 8 && RING <= local
//! when    G <= 65535 && CLASSES <= 65535
//! tune    BM = 128 256 64   BN = 128 64 32   BK = 32 16   WM = 64 32   WN = 64 32   STAGES = 2 3 4
//! default sm != 90 ? WN = 32
//! default COLUMNS <= 32 ? BN = 32 WM = 32 WN = 32 STAGES = 3
//! default ROWS <= 64 || G * CLASSES * ceil(ROWS, 128) * ceil(COLUMNS, 64) * 16 < units * 15 ? BM = 64 BN = 64 WM = 32 WN = 32 STAGES = 3
//! default COLUMNS <= 64 && G * CLASSES * ceil(ROWS, 256) >= 2 * units ? BM = 256 BN = 64 WM = 64 WN = 32
//! default COLUMNS <= 64 ? BN = 64 WM = 32 WN = 32
//! default G * CLASSES * ceil(ROWS, 128) * ceil(COLUMNS, 128) * 16 < units * 30 ? BN = 64 WN = 32 STAGES = 3
//! prefer  ROWS >= 16 && COLUMNS >= 16 && DEPTH >= 16 ? 5 : 0 - 1
//! grid    ceil(COLUMNS, BN) * ceil(ROWS, BM)  G  CLASSES
//! block   WARPS * 32
//! shared  RING
//! note    items prefers itself where a group has few channels
// SPDX-License-Identifier: Apache-2.0
#define MMA_BF16 1
#include "mma.h"
#include "conv.h"

KERNEL void __launch_bounds__((BM / TM) * (BN / TN)) conv2d_input(PARAMS) {
#include "conv2d_input_tiles.h"
}
