//! conv2d_input: a work-item for one element of x, for groups of few channels
//! device  opencl gpu
//! when    N * H * W * C < 2147483647 - BLOCK
//! tune    BLOCK = 256 128
//! default N * H * W * C < 4096 * units ? BLOCK = 128
//! prefer  C / G <= 4 || (G > 1 && K / G <= 4 && C / G <= 16) ? 10 : 0 - 1
//! grid    ceil(N * H * W * C, BLOCK)
//! block   BLOCK
// SPDX-License-Identifier: Apache-2.0
#include "conv.h"

KERNEL void conv2d_input(PARAMS) {
#include "conv2d_input_items.h"
}
