//! conv2d_input_statistics: Winograd's filtering, which sums over each tile while it is in registers
//! like    conv2d_input/cpu_winograd.cl
//! scratch tiles   4 * SH * SW * ceil(TILES, MC) * (1 + 2 * C)
//! pass    statistics_join
//! grid    ceil(C, 16)
// SPDX-License-Identifier: Apache-2.0

#define STATISTICS tiles
#define STATISTICS_CHANNELS C
#define STATISTICS_PARTS (SH * SW * CEIL(N * CEIL(CEIL(H, SH), MADE) * CEIL(CEIL(W, SW), MADE), MC))
#include "conv2d_input/cpu_winograd.cl"

KERNEL void statistics_join(PARAMS) {
#include "statistics_join.h"
}
