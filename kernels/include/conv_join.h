// SPDX-License-Identifier: Apache-2.0
// The second pass of filter gradients for OpenCL CPU devices that were summed in SPLIT parts: 16 rows a group, the parts
// in order. Wants parts [SPLIT, R*S*C/G, K] and SIZE, the floats of one part.

KERNEL void conv2d_filter_join(PARAMS) {
  const int first = GROUP_X * 16;
  for (int row = first; row < min(first + 16, R * S * (C / G)); row++) {
    GLOBAL const float* from = parts + (size_t)row * K;
    int k = 0;
#if K >= 16
    for (; k + 16 <= K; k += 16) {
      float16 sum = vload16(0, from + k);
#pragma unroll
      for (int part = 1; part < SPLIT; part++) {
        sum += vload16(0, from + part * SIZE + k);
      }
      EPILOGUE16(row, k, sum);
    }
#endif
    for (; k < K; k++) {
      float sum = from[k];
      for (int part = 1; part < SPLIT; part++) {
        sum += from[part * SIZE + k];
      }
      EPILOGUE(row, k, sum);
    }
  }
}
