// SPDX-License-Identifier: Apache-2.0
// The body of a CUDA matmul kernel up to its sums, see tile_sums.h.
// Wants besides: int z, the matrix of the batch.

#define A_DOWN TA
#define B_ACROSS (!TB)

// Four neighbours in memory are fetched at once, with one load where every row starts at a multiple of 16 bytes.
#define WIDE_A (PLAIN_A && (TA ? M : K) % 4 == 0)
#define WIDE_B (PLAIN_B && (TB ? K : N) % 4 == 0)

#define FOUR(v, begin, end, at, GET)              \
  v.x = GET(at, begin);                           \
  v.y = begin + 1 < end ? GET(at, begin + 1) : 0; \
  v.z = begin + 2 < end ? GET(at, begin + 2) : 0; \
  v.w = begin + 3 < end ? GET(at, begin + 3) : 0;
#define GET_A(i, j) PROLOGUE_A(z, i, j)
#define GET_B(i, j) PROLOGUE_B(z, i, j)

#if WIDE_A && TA
#define LOAD_A(v, m, k) v = *(const float4*)(a + ((size_t)z * K + k) * M + m);
#elif WIDE_A
#define LOAD_A(v, m, k) v = *(const float4*)(a + ((size_t)z * M + m) * K + k);
#elif TA
#define LOAD_A(v, m, k) FOUR(v, m, M, k, GET_A)
#else
#define LOAD_A(v, m, k) FOUR(v, k, K, m, GET_A)
#endif

#if WIDE_B && TB
#define LOAD_B(v, n, k) v = *(const float4*)(b + ((size_t)z * N + n) * K + k);
#elif WIDE_B
#define LOAD_B(v, n, k) v = *(const float4*)(b + ((size_t)z * K + k) * N + n);
#elif TB
#define LOAD_B(v, n, k) FOUR(v, k, K, n, GET_B)
#else
#define LOAD_B(v, n, k) FOUR(v, n, N, k, GET_B)
#endif

#define FETCH_A(v, row, depth)    \
  {                               \
    const int m = row;            \
    const int k = depth;          \
    v.x = v.y = v.z = v.w = 0.0f; \
    if (m < M && k < K) {         \
      LOAD_A(v, m, k)             \
    }                             \
  }
#define FETCH_B(v, column, depth) \
  {                               \
    const int n = column;         \
    const int k = depth;          \
    v.x = v.y = v.z = v.w = 0.0f; \
    if (n < N && k < K) {         \
      LOAD_B(v, n, k)             \
    }                             \
  }
#include "tile_sums.h"
