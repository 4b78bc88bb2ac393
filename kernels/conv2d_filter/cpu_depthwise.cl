//! conv2d_filter: a filter for every channel: a group sums 16 channels over one of SPLIT parts of the images
//! device  opencl cpu
//! when    C == G && K == G && C >= 16 && R * S <= 49
//! when    SPLIT <= N
//! tune    SPLIT = 4 1 2 16
//! default N < 4 ? SPLIT = 1
//! prefer  30
//! scratch parts 4 * SPLIT * R * S * C
//! pass    conv2d_filter_parts
//! grid    ceil(C, 16)  SPLIT
//! pass    conv2d_filter_join
//! grid    R * S
// SPDX-License-Identifier: Apache-2.0

// parts [SPLIT, R*S, C]
#define SIZE ((size_t)R * S * C)

KERNEL void conv2d_filter_parts(PARAMS) {
  // The last vector is moved down, and stores only what is its own.
  const int c = min(GROUP_X * 16, C - 16);
  LOCAL float16 sums[R * S];
  for (int tap = 0; tap < R * S; tap++) {
    sums[tap] = (float16)(0.0f);
  }
  for (int n = GROUP_Y * N / SPLIT; n < (GROUP_Y + 1) * N / SPLIT; n++) {
    for (int p = 0; p < P; p++) {
      for (int r = 0; r < R; r++) {
        const int h = p * SH - PH + r * DH;
        if (h < 0 || h >= H) {
          continue;
        }
        for (int s = 0; s < S; s++) {
          // The steps whose column lies in the image.
          const int shift = s * DW - PW;
          const int first = shift >= 0 ? 0 : (-shift + SW - 1) / SW;
          const int last = shift >= W ? 0 : min(Q, (W - 1 - shift) / SW + 1);
          float16 sum = sums[r * S + s];
          GLOBAL const float* from_x = x + ((size_t)(n * H + h) * W + shift) * C + c;
          GLOBAL const float* from_y = y + (size_t)(n * P + p) * Q * C + c;
          for (int q = first; q < last; q++) {
            sum = fma(vload16(0, from_x + q * SW * C), vload16(0, from_y + q * C), sum);
          }
          sums[r * S + s] = sum;
        }
      }
    }
  }
  for (int tap = 0; tap < R * S; tap++) {
    GLOBAL float* to = parts + GROUP_Y * SIZE + (size_t)tap * C + c;
    if (c == GROUP_X * 16) {
      vstore16(sums[tap], 0, to);
    } else {
      for (int lane = GROUP_X * 16 - c; lane < 16; lane++) {
        to[lane] = ((LOCAL const float*)(sums + tap))[lane];
      }
    }
  }
}

KERNEL void conv2d_filter_join(PARAMS) {
  const int tap = GROUP_X;
  GLOBAL const float* from = parts + (size_t)tap * C;
  int c = 0;
  for (; c + 16 <= C; c += 16) {
    float16 sum = vload16(0, from + c);
#pragma unroll
    for (int part = 1; part < SPLIT; part++) {
      sum += vload16(0, from + part * SIZE + c);
    }
    EPILOGUE16(tap, c, sum);
  }
  for (; c < C; c++) {
    float sum = from[c];
    for (int part = 1; part < SPLIT; part++) {
      sum += from[part * SIZE + c];
    }
    EPILOGUE(tap, c, sum);
  }
}
