//! matmul: a block computes BM x BN outputs, a thread TM x TN of them; slabs of BK are double-buffered in shared memory
//! device  cuda
//! let     ROWS M
//! let     COLUMNS N
//! when    BN / TN % 8 == 0 && BM / TM % 4 == 0
//! when    (BM / TM) * (BN / TN) >= 64 && (BM / TM) * (BN / TN) <= 256
//! when    B <= 65535 && ceil(M, BM) <= 65535
//! tune    BM = 128 64 32   BN = 128 64 32   BK = 16 8   TM = 8 4   TN = 8 4
//! default B * ceil(ROWS, 64) * ceil(COLUMNS, 64) < units ? BM = 32 BN = 32 TM = 4 TN = 4
//! default COLUMNS <= 32 ? BM = 128 BN = 32 TN = 4
//! default B * ceil(ROWS, 128) * ceil(COLUMNS, 64) * 16 < units * 15 ? BM = 64 BN = 64 TM = 4 TN = 4
//! default COLUMNS <= 64 ? BN = 64 TN = 4
//! default B * ceil(ROWS, 128) * ceil(COLUMNS, 128) * 16 < units * 15 ? BN = 64 TN = 4
//! grid    ceil(N, BN)  ceil(M, BM)  B
//! block   (BM / TM) * (BN / TN)
//! note    split_warps and split_k win where the outputs are too few for all multiprocessors
// SPDX-License-Identifier: Apache-2.0

KERNEL void __launch_bounds__((BM / TM) * (BN / TN)) matmul(PARAMS) {
#include "matmul_tiles.h"
}
