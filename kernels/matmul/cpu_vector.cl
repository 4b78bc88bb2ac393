//! matmul: a matrix times at most 4 vectors (N <= 4, or M <= 4 and B transposed); the matrix is read once, 16 at a time
//! device  opencl cpu
//! when    N <= 4 || (M <= 4 && TB)
//! when    4 * (min(M, N) + 1) * (K + 80) <= local
//! tune    CHUNK = 256 32 64 1024
//! default !TA && max(M, N) * K > 262144 ? CHUNK = 32
//! default max(M, N) * K > 262144 ? CHUNK = 64
//! prefer  20
//! grid    ceil(N <= 4 ? M : N, CHUNK)  B
// SPDX-License-Identifier: Apache-2.0

#include "lanes.h"

// LONG(i, k) is the matrix of COUNT rows; FEW(j, k) are the vectors. A vector in A is one in B, mirrored.
#if N <= 4
#define COUNT M
#define VECTORS N
#define LONG(i, k) (TA ? PROLOGUE_A(z, k, i) : PROLOGUE_A(z, i, k))
#define LONG16(i, k) (TA ? PROLOGUE_A16(z, k, i) : PROLOGUE_A16(z, i, k))
#define FEW(j, k) (TB ? PROLOGUE_B(z, j, k) : PROLOGUE_B(z, k, j))
#define STORE(i, j, v) EPILOGUE(z, i, j, v)
#define ALONG_K (!TA)
#else
#define COUNT N
#define VECTORS M
#define LONG(i, k) PROLOGUE_B(z, i, k)
#define LONG16(i, k) PROLOGUE_B16(z, i, k)
#define FEW(j, k) (TA ? PROLOGUE_A(z, k, j) : PROLOGUE_A(z, j, k))
#define STORE(i, j, v) EPILOGUE(z, j, i, v)
#define ALONG_K 1
#endif

// Loads that are in flight together, and the rows they cover.
#define WIDTH 4
#define STRIDE (ALONG_K ? WIDTH : 16 * WIDTH)

KERNEL void matmul(PARAMS) {
  const int z = GROUP_Y;
  const int first = GROUP_X * CHUNK;
  const int last = min(first + CHUNK, COUNT);
  LOCAL float few[VECTORS * K]; // [VECTORS,K]
#if ALONG_K
  LOCAL float sums[WIDTH * VECTORS];
#else
  LOCAL float16 sums[WIDTH * VECTORS];
#endif
  for (int j = 0; j < VECTORS; j++) {
    for (int k = 0; k < K; k++) {
      few[j * K + k] = FEW(j, k);
    }
  }

  int i = first;
  for (; i < last && (ALONG_K || i + 16 <= last); i += STRIDE) {
    float16 sum[WIDTH][VECTORS];
#pragma unroll
    for (int w = 0; w < WIDTH; w++) {
#pragma unroll
      for (int j = 0; j < VECTORS; j++) {
        sum[w][j] = (float16)(0.0f);
      }
    }
#if ALONG_K // a row of the matrix is contiguous: 16 partial sums a row
    int k = 0;
    for (; k + 16 <= K; k += 16) {
#pragma unroll
      for (int w = 0; w < WIDTH; w++) {
        const float16 row = LONG16(min(i + w, last - 1), k);
#pragma unroll
        for (int j = 0; j < VECTORS; j++) {
          sum[w][j] = fma(row, vload16(0, few + j * K + k), sum[w][j]);
        }
      }
    }
#pragma unroll
    for (int w = 0; w < WIDTH; w++) {
#pragma unroll
      for (int j = 0; j < VECTORS; j++) {
        sums[w * VECTORS + j] = g_sum16(sum[w][j]);
      }
    }
    for (int w = 0; w < min(WIDTH, last - i); w++) {
      for (int j = 0; j < VECTORS; j++) {
        float s = sums[w * VECTORS + j];
        for (int rest = k; rest < K; rest++) {
          s = fma(LONG(i + w, rest), few[j * K + rest], s);
        }
        STORE(i + w, j, s);
      }
    }
#else // a column is contiguous: 16 rows a vector; one that would stick out starts further up
    for (int k = 0; k < K; k++) {
#pragma unroll
      for (int w = 0; w < WIDTH; w++) {
        const float16 rows = LONG16(min(i + 16 * w, last - 16), k);
#pragma unroll
        for (int j = 0; j < VECTORS; j++) {
          sum[w][j] = fma(rows, (float16)(few[j * K + k]), sum[w][j]);
        }
      }
    }
#pragma unroll
    for (int w = 0; w < WIDTH; w++) {
#pragma unroll
      for (int j = 0; j < VECTORS; j++) {
        sums[w * VECTORS + j] = sum[w][j];
      }
    }
    for (int w = 0; w < WIDTH; w++) {
      const int start = min(i + 16 * w, last - 16);
      for (int lane = i + 16 * w - start; lane < 16; lane++) {
        for (int j = 0; j < VECTORS; j++) {
          STORE(start + lane, j, ((LOCAL const float*)(sums + w * VECTORS + j))[lane]);
        }
      }
    }
#endif
  }
  for (; i < last; i++) {
    for (int j = 0; j < VECTORS; j++) {
      float s = 0.0f;
      for (int k = 0; k < K; k++) {
        s = fma(LONG(i, k), few[j * K + k], s);
      }
      STORE(i, j, s);
    }
  }
}
