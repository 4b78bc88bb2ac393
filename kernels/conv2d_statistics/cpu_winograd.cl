//! conv2d_statistics: Winograd's filtering, which sums over each tile while it is in registers
//! like    conv2d/cpu_winograd.cl
//! scratch tiles   4 * ceil(TILES, MC) * (1 + 2 * K)
//! pass    statistics_join
//! grid    ceil(K, 16)
// SPDX-License-Identifier: Apache-2.0

#define STATISTICS tiles
#define STATISTICS_CHANNELS K
#define STATISTICS_PARTS CEIL(N * CEIL(P, MADE) * CEIL(Q, MADE), MC)
#include "conv2d/cpu_winograd.cl"

KERNEL void statistics_join(PARAMS) {
#include "statistics_join.h"
}
