//! conv2d_filter: a matrix product over the pixels, cut into SPLIT parts; a second pass adds the parts in order
//! device  opencl gpu
//! when    BN / TN % 8 == 0 && BM / TM % 4 == 0
//! when    (BM / TM) * (BN / TN) >= 64 && (BM / TM) * (BN / TN) <= 256
//! when    8 * BK * (BM + BN + 8) <= local
//! tune    BM = 64 128 32   BN = 64 128 32   BK = 16 8   TM = 4 8   TN = 4 8   SPLIT = 16 1 4 64 128 256
//! default N * P * Q < 256 || G * ceil(R * S * (C / G), 64) * ceil(K / G, 64) >= 4 * units ? SPLIT = 1
//! default N * P * Q < 2048 || G * ceil(R * S * (C / G), 64) * ceil(K / G, 64) * 4 >= units ? SPLIT = 4
//! default N * P * Q >= 32768 && G * ceil(R * S * (C / G), 64) * ceil(K / G, 64) * 32 < units ? SPLIT = 128
//! default N * P * Q >= 8192 && G * ceil(R * S * (C / G), 64) * ceil(K / G, 64) * 8 < units ? SPLIT = 64
//! default K / G <= 32 ? BM = 64 BN = 32
//! scratch parts 4 * SPLIT * R * S * (C / G) * K
//! pass    conv2d_filter_parts
//! grid    ceil(K / G, BN) * ceil(R * S * (C / G), BM)  G  SPLIT
//! block   (BM / TM) * (BN / TN)
//! pass    conv2d_filter_join
//! grid    ceil(R * S * (C / G) * K, 256)
//! block   256
//! note    gpu_items prefers itself where a group has few channels
// SPDX-License-Identifier: Apache-2.0
#include "conv.h"

KERNEL void conv2d_filter_parts(PARAMS) {
#include "conv2d_filter_split.h"
}

KERNEL void conv2d_filter_join(PARAMS) {
#include "conv2d_filter_join.h"
}
