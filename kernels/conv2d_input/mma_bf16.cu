//! conv2d_input: simt_tiles on tensor cores: operands rounded to BF16, STAGES slabs of asynchronous copies
//! device  cuda sm>=80
//! when    bf16
//! let     CLASSES min(SH, H) * min(SW, W)
//! let     ROWS N * ceil(H, SH) * ceil(W, SW)
//! let     COLUMNS C / G
//! let     DEPTH R * S * (K / G)
//! let     BLOCKS G * CLASSES * ceil(ROWS, 64) * ceil(COLUMNS, 64)
//! let     WARPS (BM / WM) * (BN / 32)
//! let     RING 4 * STAGES * (BM + BN) * (BK + 8)
//! when    WARPS >= 4 && WARPS <= 8 && RING <= local
//! when    G <= 65535 && CLASSES <= 65535
//! tune    BM = 128 64   BN = 128 64 32   BK = 16 32   WM = 64 32   STAGES = 3 2 4
//! default COLUMNS <= 32 ? BM = 128 BN = 32 BK = 32 WM = 32
//! default ROWS <= 64 || COLUMNS <= 64 || BLOCKS < 8 * units ? BM = 64 BN = 64 BK = 32 WM = 32
//! prefer  ROWS >= 16 && COLUMNS >= 16 && DEPTH >= 16 ? 5 : 0 - 1
//! grid    ceil(COLUMNS, BN) * ceil(ROWS, BM)  G  CLASSES
//! block   WARPS * 32
//! shared  RING
//! note    items prefers itself where a group has few channels; none of this is measured yet
// SPDX-License-Identifier: Apache-2.0
#define MMA_BF16 1
#include "mma.h"
#include "conv.h"

KERNEL void __launch_bounds__((BM / TM) * (BN / TN)) conv2d_input(PARAMS) {
#include "conv2d_input_tiles.h"
}
