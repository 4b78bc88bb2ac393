//! conv2d_input: a filter for every channel: vectors run along the channels, MR neighbouring pixels share the filters
//! device  opencl cpu
//! when    C == G && K == G && C >= 16
//! tune    MR = 4 8   HIGH = 4 1 16
//! prefer  30
//! grid    ceil(H, HIGH)  N
// SPDX-License-Identifier: Apache-2.0

#include "conv_classes.h"

#define IN_H P
#define IN_W Q
#define OUT_H H
#define OUT_W W
#define READ16(pixel, c) PROLOGUE_Y16(pixel, c)
#define SOURCE_H(h, r) g_step_back((h) + PH - (r) * DH, SH)
#define SOURCE_W(w, s) g_step_back((w) + PW - (s) * DW, SW)
#define IN_STEP (SW == 1 ? 1 : 0)

KERNEL void conv2d_input(PARAMS) {
#include "conv_depthwise.h"
}
