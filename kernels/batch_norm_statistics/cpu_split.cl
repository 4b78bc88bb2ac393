//! batch_norm_statistics: parts of PART rows, each with its own mean and spread, are joined; x is only read, once
//! device  opencl cpu
//! let     LEAST C % 16 == 0 ? 1 : C % 8 == 0 ? 2 : C % 4 == 0 ? 4 : C % 2 == 0 ? 8 : 16
//! when    C * LEAST <= 4096
//! tune    PART = 256 64 128 4096
//! default N < 64 * units ? PART = 64
//! default N >= 16384 * units && C <= 4 ? PART = 4096
//! default C >= 256 ? PART = 64
//! default C >= 128 ? PART = 128
//! scratch parts 8 * ceil(N, PART) * C
//! pass    batch_norm_parts
//! grid    ceil(N, PART)
//! pass    batch_norm_join
//! grid    ceil(C, 16)
// SPDX-License-Identifier: Apache-2.0

#include "batch_norm_parts.h"
