//! conv2d_input_statistics: a matrix product whose rows are gathered; sums over each of its tiles are made beside it
//! like    conv2d_input/cpu_panels.cl
//! scratch bands   4 * SH * SW * ceil(PIXELS, MR * ceil(MC, MR)) * (1 + 2 * C)
//! pass    statistics_join
//! grid    ceil(C, 16)
// SPDX-License-Identifier: Apache-2.0

#define STATISTICS bands
#define STATISTICS_CHANNELS C
#define STATISTICS_PARTS (SH * SW * CEIL(N * CEIL(H, SH) * CEIL(W, SW), BAND))
#include "conv2d_input/cpu_panels.cl"

KERNEL void statistics_join(PARAMS) {
#include "statistics_join.h"
}
