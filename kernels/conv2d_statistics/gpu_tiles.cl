//! conv2d_statistics: a tiled matrix product; each tile is summed over while it is in registers
//! like    conv2d/gpu_tiles.cl
//! when    8 * BK * (BM + BN + 8) + 4 * (BM / TM * (BN + 1) + BN) <= local
//! scratch tiles   4 * ceil(N * P * Q, BM) * (1 + 2 * K)
//! pass    statistics_join
//! grid    ceil(K, 32)
//! block   256
// SPDX-License-Identifier: Apache-2.0

#define STATISTICS tiles
#define STATISTICS_CHANNELS K
#define STATISTICS_PARTS ((N * P * Q + BM - 1) / BM)
#include "conv2d/gpu_tiles.cl"

KERNEL void statistics_join(PARAMS) {
#include "statistics_join_tree.h"
}
