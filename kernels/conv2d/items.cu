//! conv2d: a thread for ROW neighbours along q of one channel of y, for groups of few channels
//! device  cuda
//! when    N * P * ceil(Q, ROW) * K < 2147483647 - BLOCK
//! tune    ROW = 4 1 2   BLOCK = 256 128
//! default N * P * Q * K < 4096 * units ? ROW = 1 BLOCK = 128
//! default Q % 4 != 0 && Q < 8 ? ROW = 1
//! prefer  K / G <= 4 || (G > 1 && C / G <= 4 && K / G <= 16) ? 10 : 0 - 1
//! grid    ceil(N * P * ceil(Q, ROW) * K, BLOCK)
//! block   BLOCK
// SPDX-License-Identifier: Apache-2.0
#include "conv.h"

KERNEL void __launch_bounds__(BLOCK) conv2d(PARAMS) {
#include "conv2d_items.h"
}
