//! matmul: simt_tiles on tensor cores: operands rounded to TF32, STAGES slabs of asynchronous copies
//! device  cuda sm>=80
//! when    tf32
//! let     ROWS M
//! let     COLUMNS N
//! let     DEPTH K
//! let     BLOCKS B * ceil(ROWS, 64) * ceil(COLUMNS, 64)
//! let     WARPS (BM / WM) * (BN / 32)
//! let     RING 4 * STAGES * ((TA ? BK * (BM + 4) : BM * (BK + 8)) + (TB ? BN * (BK + 8) : BK * (BN + 4)))
//! when    WARPS >= 4 && WARPS <= 8 && RING <= local
//! when    B <= 65535 && ceil(M, BM) <= 65535
//! tune    BM = 128 64   BN = 128 64 32   BK = 16 32   WM = 64 32   STAGES = 3 2 4
//! default COLUMNS <= 32 ? BM = 128 BN = 32 BK = 32 WM = 32
//! default ROWS <= 64 || COLUMNS <= 64 || BLOCKS < 8 * units ? BM = 64 BN = 64 BK = 32 WM = 32
//! prefer  ROWS >= 16 && COLUMNS >= 16 && DEPTH >= 16 ? (BLOCKS * 2 <= units ? 5 : 20) : 0 - 1
//! grid    ceil(N, BN)  ceil(M, BM)  B
//! block   WARPS * 32
//! shared  RING
//! note    split_k prefers itself where the outputs are too few for all multiprocessors; none of this is measured yet
// SPDX-License-Identifier: Apache-2.0
#define MMA_BF16 0
#include "mma.h"

KERNEL void __launch_bounds__((BM / TM) * (BN / TN)) matmul(PARAMS) {
#include "matmul_tiles.h"
}
