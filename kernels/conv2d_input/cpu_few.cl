//! conv2d_input: images of at most 4 channels: vectors run along the channels of y, a group makes HIGH rows
//! device  opencl cpu
//! when    G == 1 && C <= 4 && K >= 16 && DW == 1 && MR * C <= 16 && ceil(S, SW) * C <= 16
//! when    4 * (R * SW * ceil(S, SW) * C * (K + 16) + 16 * (W * C + 16)) <= local
//! tune    MR = 8 4 14 2   HIGH = 16 8 4 1
//! default simd < 16 || C > 1 ? MR = 4
//! prefer  20
//! grid    ceil(H, HIGH)  N
// SPDX-License-Identifier: Apache-2.0

#include "conv_classes.h"
#include "lanes.h"
#include "sizes.h"

#define CH K
#define COLS C
#define IN_H P
#define IN_W Q
#define OUT_H H
#define OUT_W W
#define READ16(pixel, c) PROLOGUE_Y16(pixel, c)
#define FILTER(r, s, i, c) w[(((r) * S + (s)) * C + (i)) * K + (c)]
#if PLAIN_Y
#define PLAIN y
#endif

// Columns own, own + SW, ... meet the taps s with the remainder of own + PW; tap by tap, one column further left.
#define CLASSES SW
#define TAPS CEIL(S, SW)
#define TAP_S(own, tap) ((own) + PW - ((own) + PW) / SW * SW + (tap) * SW)
#define IN_STEP 1
#define SOURCE_H(h, r) g_step_back((h) + PH - (r) * DH, SH)
#define AHEAD(h) (((h) + PH) / SH + 2)
#define SOURCE_W(own) (((own) + PW) / SW - (TAPS - 1))
#define TAP_OF(m, t) ((m) + TAPS - 1 - (t))

KERNEL void conv2d_input(PARAMS) {
#include "conv_few.h"
}
