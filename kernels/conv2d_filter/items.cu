//! conv2d_filter: a thread for one element of w, in each of SPLIT parts of y's lines; a second pass adds the parts
//! device  cuda
//! when    R * S * (C / G) * K < 2147483647 - BLOCK
//! tune    SPLIT = 16 1 4 64 256 1024   BLOCK = 128 64 256
//! default N * P < 16 ? SPLIT = 1
//! default N * P >= 1024 && R * S * (C / G) * K < 8 * units ? SPLIT = 1024
//! default N * P >= 256 && R * S * (C / G) * K < 32 * units ? SPLIT = 256
//! default N * P >= 64 && R * S * (C / G) * K < 128 * units ? SPLIT = 64
//! prefer  (G > 1 && C / G <= 4 && K / G <= 4) || (C / G) * R * S * (K / G) <= 128 ? 10 : 0 - 1
//! scratch parts 4 * SPLIT * R * S * (C / G) * K
//! pass    conv2d_filter_parts
//! grid    ceil(R * S * (C / G) * K, BLOCK)  SPLIT
//! block   BLOCK
//! pass    conv2d_filter_join
//! grid    ceil(R * S * (C / G) * K, 256)
//! block   256
// SPDX-License-Identifier: Apache-2.0
#include "conv.h"

KERNEL void __launch_bounds__(BLOCK) conv2d_filter_parts(PARAMS) {
#include "conv2d_filter_items.h"
}

KERNEL void __launch_bounds__(256) conv2d_filter_join(PARAMS) {
#include "conv2d_filter_join.h"
}
