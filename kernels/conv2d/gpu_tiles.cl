//! conv2d: a matrix product of pixels, (r,s,c) and filters that is never laid out; tiles as matmul/simt_tiles.cu has
//! device  opencl gpu
//! when    BN / TN % 8 == 0 && BM / TM % 4 == 0
//! when    (BM / TM) * (BN / TN) >= 64 && (BM / TM) * (BN / TN) <= 256
//! when    8 * BK * (BM + BN + 8) <= local
//! tune    BM = 128 64 32   BN = 128 64 32   BK = 8 16   TM = 8 4   TN = 8 4
//! default G * ceil(N * P * Q, 64) * ceil(K / G, 64) < units ? BM = 32 BN = 32 BK = 16 TM = 4 TN = 4
//! default K / G <= 32 ? BM = 128 BN = 32 BK = 16 TM = 8 TN = 4
//! default K / G <= 64 ? BM = 64 BN = 64 BK = 16 TM = 4 TN = 4
//! default G * ceil(N * P * Q, 128) * ceil(K / G, 128) < 2 * units ? BM = 64 BN = 64 BK = 16 TM = 4 TN = 4
//! grid    ceil(K / G, BN) * ceil(N * P * Q, BM)  G
//! block   (BM / TM) * (BN / TN)
//! note    gpu_items prefers itself where a group has few channels
// SPDX-License-Identifier: Apache-2.0
#include "conv.h"

KERNEL void conv2d(PARAMS) {
#include "conv2d_tiles.h"
}
