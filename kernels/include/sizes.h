// SPDX-License-Identifier: Apache-2.0
// Arithmetic on sizes that are known when a kernel is compiled.
#ifndef GANDER_SIZES_H
#define GANDER_SIZES_H

#define SMALLER(x, y) ((x) < (y) ? (x) : (y))
#define LARGER(x, y) ((x) > (y) ? (x) : (y))
#define CEIL(x, y) (((x) + (y) - 1) / (y))

#endif
