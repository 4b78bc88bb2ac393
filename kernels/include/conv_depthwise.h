// SPDX-License-Identifier: Apache-2.0
// A depthwise convolution for OpenCL CPU devices, from either side: every channel has a filter of its own, so vectors
// run along the channels. A group makes HIGH rows; MR neighbouring pixels share the filters in registers.
//
// Wants of the kernel:
//   IN_H, IN_W, OUT_H, OUT_W     the images
//   READ16(pixel, c)             16 channels of the image that is read
//   SOURCE_H(h, r)               the row that is read for row h by tap r; negative where there is none
//   SOURCE_W(w, s)               likewise the column for column w
//   IN_STEP                      columns from a pixel to its neighbour in the image that is read; 0 if not the same
//                                taps meet both

// The first channel of a vector; the last vector is moved down, and stores only what is its own.
#define START(v) min(16 * (v), C - 16)

  LOCAL float16 sums[MR];
  const int n = GROUP_Y;
  for (int h = GROUP_X * HIGH; h < min(GROUP_X * HIGH + HIGH, OUT_H); h++) {
    for (int v = 0; 16 * v < C; v++) {
      for (int j = 0; j < OUT_W; j += MR) {
        float16 sum[MR];
#pragma unroll
        for (int m = 0; m < MR; m++) {
          sum[m] = (float16)(0.0f);
        }
        for (int r = 0; r < R; r++) {
          const int source = SOURCE_H(h, r);
          if (source < 0 || source >= IN_H) {
            continue;
          }
          const int row = (n * IN_H + source) * IN_W;
          for (int s = 0; s < S; s++) {
            const float16 filter = vload16(0, w + (r * S + s) * C + START(v));
            const int left = SOURCE_W(j, s);
            if (IN_STEP > 0 && left >= 0 && left + (MR - 1) * IN_STEP < IN_W) {
#pragma unroll
              for (int m = 0; m < MR; m++) {
                sum[m] = fma(READ16(row + left + m * IN_STEP, START(v)), filter, sum[m]);
              }
            } else {
#pragma unroll
              for (int m = 0; m < MR; m++) {
                const int column = SOURCE_W(j + m, s);
                if (column >= 0 && column < IN_W) {
                  sum[m] = fma(READ16(row + column, START(v)), filter, sum[m]);
                }
              }
            }
          }
        }
#pragma unroll
        for (int m = 0; m < MR; m++) {
          sums[m] = sum[m];
        }
        for (int m = 0; m < min(MR, OUT_W - j); m++) {
          const int pixel = (n * OUT_H + h) * OUT_W + j + m;
          if (START(v) == 16 * v) {
            EPILOGUE16(pixel, 16 * v, sums[m]);
          } else {
            for (int c = 16 * v; c < C; c++) {
              EPILOGUE(pixel, c, ((LOCAL const float*)(sums + m))[c - START(v)]);
            }
          }
        }
      }
    }
  }
