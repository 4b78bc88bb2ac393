//! conv2d: at most 4 filters: vectors run along the channels of the image, a group makes HIGH rows
//! device  opencl cpu
//! when    G == 1 && K <= 4 && C >= 16 && DW == 1 && MR * K <= 16 && S * K <= 16
//! when    4 * (R * S * K * (C + 16) + 16 * (Q * K + 16)) <= local
//! tune    MR = 8 4 14 2   HIGH = 8 4 16 1
//! default simd < 16 || K > 1 ? MR = 4
//! prefer  20
//! grid    ceil(P, HIGH)  N
// SPDX-License-Identifier: Apache-2.0

#include "lanes.h"
#include "sizes.h"

#define CH C
#define COLS K
#define IN_H H
#define IN_W W
#define OUT_H P
#define OUT_W Q
#define READ16(pixel, c) PROLOGUE_X16(pixel, c)
#define FILTER(r, s, i, c) w[(((r) * S + (s)) * C + (c)) * K + (i)]
#if PLAIN_X
#define PLAIN x
#endif
#define CLASSES 1
#define TAPS S
#define TAP_S(own, tap) (tap)
#define IN_STEP SW
#define SOURCE_H(h, r) ((h) * SH - PH + (r) * DH)
#define AHEAD(h) (((h) + 1) * SH - PH + (R - 1) * DH + 1)
#define SOURCE_W(own) (-PW)
#define TAP_OF(m, t) ((t) - (m) * SW)

KERNEL void conv2d(PARAMS) {
#include "conv_few.h"
}
