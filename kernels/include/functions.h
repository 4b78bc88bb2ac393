// SPDX-License-Identifier: Apache-2.0
// Pointwise functions: g_NAME_1 takes float, g_NAME_16 (OpenCL) takes float16. Both come from the same text,
// pointwise.h, so a value has the same bits in a vector, in the tail after it, and on every device.
#ifndef GANDER_FUNCTIONS_H
#define GANDER_FUNCTIONS_H

#ifdef __OPENCL_VERSION__
#define g_bits_1(x) as_int(x)
#define g_float_1(i) as_float(i)
#define g_convert_1(i) convert_float(i)
#define g_fma_1(a, b, c) fma(a, b, c)
#define g_bits_16(x) as_int16(x)
#define g_float_16(i) as_float16(i)
#define g_convert_16(i) convert_float16(i)
#define g_fma_16(a, b, c) fma(a, b, c)
#else
#define g_bits_1(x) __float_as_int(x)
#define g_float_1(i) __int_as_float(i)
#define g_convert_1(i) ((float)(i))
#define g_fma_1(a, b, c) fmaf(a, b, c)
#endif

// What generated code and constants write for numbers that have no literal.
#define G_INF g_float_1(0x7f800000)
#define G_NAN g_float_1(0x7fc00000)

#define G_F float
#define G_I int
#define G_(name) name##_1
#include "pointwise.h"
#undef G_F
#undef G_I
#undef G_

#ifdef __OPENCL_VERSION__
#define G_F float16
#define G_I int16
#define G_(name) name##_16
#include "pointwise.h"
#undef G_F
#undef G_I
#undef G_
#endif

#endif
