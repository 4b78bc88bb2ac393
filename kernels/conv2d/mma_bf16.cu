//! conv2d: simt_tiles on tensor cores: operands rounded to BF16, STAGES slabs of asynchronous copies
//! device  cuda sm>=80
//! when    bf16
//! let     ROWS N * P * Q
//! let     COLUMNS K / G
//! let     DEPTH R * S * (C / G)
//! let     WARPS (BM / WM) * (BN / WN)
//! let     RING 4 * STAGES * (BM * (BK + 8) + BK * (BN + 4))
//! let     FEW ROWS <= 64 || G * ceil(ROWS, 128) * ceil(COLUMNS, 64) * 16 < units * 15
//! when    WARPS >= 4 && WARPS <= 8 && RING <= local
//! when    G <= 65535
//! tune    BM = 128 256 64   BN = 128 64 32   BK = 32 16   WM = 64 32   WN = 64 32   STAGES = 3 2 4
//! default sm != 90 ? WN = 32
//! default COLUMNS <= 32 ? BN = 32 WM = 32 WN = 32 STAGES = 3
//! default FEW && sm == 120 ? STAGES = 2
//! default FEW ? BM = 64 BN = 64 WM = 32 WN = 32 STAGES = 3
//! default COLUMNS <= 64 ? BN = 64 WN = 32
//! default COLUMNS <= 64 && C / G % 4 != 0 ? BK = 16
//! default G * ceil(ROWS, 128) * ceil(COLUMNS, 128) * 16 < units * 30 ? BN = 64 WN = 32 STAGES = 3
//! prefer  ROWS >= 16 && COLUMNS >= 16 && DEPTH >= 16 ? 5 : 0 - 1
//! grid    ceil(COLUMNS, BN) * ceil(ROWS, BM)  G
//! block   WARPS * 32
//! shared  RING
//! note    two stages, of which two blocks fit into 100 KiB, where of three one does, whose registers spill
//! note    items prefers itself where a group has few channels
// SPDX-License-Identifier: Apache-2.0
#define MMA_BF16 1
#include "mma.h"
#include "conv.h"

KERNEL void __launch_bounds__((BM / TM) * (BN / TN)) conv2d(PARAMS) {
#include "conv2d_tiles.h"
}
