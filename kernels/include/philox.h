// SPDX-License-Identifier: Apache-2.0
// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC'11) and what is made
// of its words. A pure function of counter and key, with the same bits on every device; the same text in Java is
// gander.graph.random.Philox and Normals.
#ifndef GANDER_PHILOX_H
#define GANDER_PHILOX_H

#ifdef __OPENCL_VERSION__
#define g_mul_high_1(x, m) ((uint)(((ulong)(x) * (m)) >> 32))
#define g_uint_float_1(u) convert_float(u)
#define g_uint_float_16(u) convert_float16(u)
#define g_signed_float_1(u) convert_float(as_int(u))
#define g_signed_float_16(u) convert_float16(as_int16(u))
#else
#define g_mul_high_1(x, m) __umulhi(x, m)
#define g_uint_float_1(u) ((float)(u))
#define g_signed_float_1(u) ((float)(int)(u))
#endif

#define G_PHILOX_M0 0xd2511f53u
#define G_PHILOX_M1 0xcd9e8d57u
#define G_PHILOX_W0 0x9e3779b9u
#define G_PHILOX_W1 0xbb67ae85u

// Four words from the counter (c0, c1, c2, c3) and the key (k0, k1).
DEVICE void g_philox_1(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint* words) {
#pragma unroll
  for (int round = 0; round < 10; round++) {
    uint high0 = g_mul_high_1(c0, G_PHILOX_M0);
    uint high1 = g_mul_high_1(c2, G_PHILOX_M1);
    uint low0 = c0 * G_PHILOX_M0;
    uint low1 = c2 * G_PHILOX_M1;
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 += G_PHILOX_W0;
    k1 += G_PHILOX_W1;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

#ifdef __OPENCL_VERSION__

// The high halves of 16 products, from eight even and eight odd 64-bit products: one instruction each on a CPU,
// where mul_hi is taken apart into scalars.
DEVICE uint16 g_mul_high_16(uint16 x, uint m) {
  ulong8 lanes = as_ulong8(x);
  ulong8 even = (lanes & (ulong8)(0xffffffffUL)) * (ulong8)(m);
  ulong8 odd = (lanes >> (ulong8)(32)) * (ulong8)(m);
  return as_uint16((even >> (ulong8)(32)) | (odd & (ulong8)(0xffffffff00000000UL)));
}

// The words of 16 consecutive counters (c0 ... c0 + 15, c1, 0, 0): words[w].s[i] is word w of counter c0 + i.
DEVICE void g_philox_16(uint first, uint step, uint k0, uint k1, uint16* words) {
  uint16 c0 = (uint16)(first) + (uint16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  uint16 c1 = (uint16)(step);
  uint16 c2 = (uint16)(0);
  uint16 c3 = (uint16)(0);
#pragma unroll
  for (int round = 0; round < 10; round++) {
    uint16 high0 = g_mul_high_16(c0, G_PHILOX_M0);
    uint16 high1 = g_mul_high_16(c2, G_PHILOX_M1);
    uint16 low0 = c0 * (uint16)(G_PHILOX_M0);
    uint16 low1 = c2 * (uint16)(G_PHILOX_M1);
    c0 = high1 ^ c1 ^ (uint16)(k0);
    c1 = low1;
    c2 = high0 ^ c3 ^ (uint16)(k1);
    c3 = low0;
    k0 += G_PHILOX_W0;
    k1 += G_PHILOX_W1;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

#endif

#define G_F float
#define G_I int
#define G_U uint
#define G_(name) name##_1
#include "normal.h"
#undef G_F
#undef G_I
#undef G_U
#undef G_

#ifdef __OPENCL_VERSION__
#define G_F float16
#define G_I int16
#define G_U uint16
#define G_(name) name##_16
#include "normal.h"
#undef G_F
#undef G_I
#undef G_U
#undef G_
#endif

#endif
