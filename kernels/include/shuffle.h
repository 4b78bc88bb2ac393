// SPDX-License-Identifier: Apache-2.0
// The even and the odd lanes of two vectors, and their lower and upper halves in turns, for turning small matrices in the
// registers of OpenCL CPU devices.
#ifndef GANDER_SHUFFLE_H
#define GANDER_SHUFFLE_H

#define G_EVEN_LANES 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define G_ODD_LANES 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#define G_LOWER_LANES 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define G_UPPER_LANES 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31

// Where clang compiles for the machine itself, as PoCL does, its own form is one instruction and shuffle2 is several.
#if defined(__clang__) && !defined(__SPIR__)
#define G_SHUFFLE(a, b, lanes) __builtin_shufflevector(a, b, lanes)
#else
#define G_SHUFFLE(a, b, lanes) shuffle2(a, b, (uint16)(lanes))
#endif

DEVICE float16 g_even_lanes(float16 a, float16 b) { return G_SHUFFLE(a, b, G_EVEN_LANES); }
DEVICE float16 g_odd_lanes(float16 a, float16 b) { return G_SHUFFLE(a, b, G_ODD_LANES); }
DEVICE float16 g_lower_lanes(float16 a, float16 b) { return G_SHUFFLE(a, b, G_LOWER_LANES); }
DEVICE float16 g_upper_lanes(float16 a, float16 b) { return G_SHUFFLE(a, b, G_UPPER_LANES); }

#endif
