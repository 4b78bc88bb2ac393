//! conv2d: a filter for every channel: vectors run along the channels, MR neighbouring pixels share the filters
//! device  opencl cpu
//! when    C == G && K == G && C >= 16
//! tune    MR = 4 8   HIGH = 4 1 16
//! prefer  30
//! grid    ceil(P, HIGH)  N
// SPDX-License-Identifier: Apache-2.0

#define IN_H H
#define IN_W W
#define OUT_H P
#define OUT_W Q
#define READ16(pixel, c) PROLOGUE_X16(pixel, c)
#define SOURCE_H(h, r) ((h) * SH - PH + (r) * DH)
#define SOURCE_W(w, s) ((w) * SW - PW + (s) * DW)
#define IN_STEP SW

KERNEL void conv2d(PARAMS) {
#include "conv_depthwise.h"
}
