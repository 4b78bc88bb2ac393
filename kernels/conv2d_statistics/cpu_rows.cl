//! conv2d_statistics: images of few channels, rows of y from a patch of x, summed over while they are in registers
//! like    conv2d/cpu_rows.cl
//! scratch rows    4 * N * ceil(P, HIGH) * (1 + 2 * K)
//! pass    statistics_join
//! grid    ceil(K, 16)
// SPDX-License-Identifier: Apache-2.0

#define STATISTICS rows
#define STATISTICS_CHANNELS K
#define STATISTICS_PARTS (N * CEIL(P, HIGH))
#include "conv2d/cpu_rows.cl"

KERNEL void statistics_join(PARAMS) {
#include "statistics_join.h"
}
