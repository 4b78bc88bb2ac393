// SPDX-License-Identifier: Apache-2.0
// The body of a CUDA matmul kernel up to its sums, see tile_sums.h.
// Wants besides: int z, the matrix of the batch.

#define A_DOWN TA
#define B_ACROSS (!TB)

#include "matmul_fetch.h"
#include "tile_sums.h"
