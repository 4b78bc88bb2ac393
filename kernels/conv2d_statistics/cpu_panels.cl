//! conv2d_statistics: a matrix product whose rows are gathered; sums over each of its tiles are made beside it
//! like    conv2d/cpu_panels.cl
//! scratch bands   4 * ceil(N * P * Q, MR * ceil(MC, MR)) * (1 + 2 * K)
//! pass    statistics_join
//! grid    ceil(K, 16)
// SPDX-License-Identifier: Apache-2.0

#define STATISTICS bands
#define STATISTICS_CHANNELS K
#define STATISTICS_PARTS CEIL(N * P * Q, BAND)
#include "conv2d/cpu_panels.cl"

KERNEL void statistics_join(PARAMS) {
#include "statistics_join.h"
}
