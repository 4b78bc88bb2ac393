//! conv2d_input_statistics: tiles on tensor cores, operands rounded to TF32; each tile is summed over while it is in registers
//! like    conv2d_input/mma_tf32.cu
//! when    RING + 4 * (BM / WM * 8 * (BN + 1) + BN) <= local
//! scratch tiles   4 * min(SH, H) * min(SW, W) * ceil(N * ceil(H, SH) * ceil(W, SW), BM) * (1 + 2 * C)
//! pass    statistics_join
//! grid    ceil(C, 32)
//! block   256
// SPDX-License-Identifier: Apache-2.0

#define STATISTICS tiles
#define STATISTICS_CHANNELS C
#define STATISTICS_PARTS ((SH < H ? SH : H) * (SW < W ? SW : W) * ((N * ((H + SH - 1) / SH) * ((W + SW - 1) / SW) + BM - 1) / BM))
#include "conv2d_input/mma_tf32.cu"

KERNEL void statistics_join(PARAMS) {
#include "statistics_join_tree.h"
}
