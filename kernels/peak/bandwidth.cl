//! peak: reads a stretch and writes another, 16 floats at a time: what the memory can move at most
//! device  opencl cpu
//! when    KIND == 1 && N % 16 == 0
//! tune    CHUNK = 65536 16384 262144
//! grid    ceil(N, CHUNK)
// SPDX-License-Identifier: Apache-2.0

KERNEL void peak(GLOBAL const float* x, GLOBAL float* y) {
  const int first = GROUP_X * CHUNK;
  const int end = min(first + CHUNK, N);
  for (int n = first; n < end; n += 16) {
    vstore16(vload16(0, x + n) + (float16)(1.0f), 0, y + n);
  }
}
