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

#define ANY_A a
#define ANY_B b
#if TA
#define AT_A(m, k) (a + ((size_t)z * K + (k)) * M + (m))
#else
#define AT_A(m, k) (a + ((size_t)z * M + (m)) * K + (k))
#endif
#if TB
#define AT_B(n, k) (b + ((size_t)z * N + (n)) * K + (k))
#else
#define AT_B(n, k) (b + ((size_t)z * K + (k)) * N + (n))
#endif
#define FIND_A(at, row, depth)                              \
  {                                                         \
    const int m = row;                                      \
    const int k = depth;                                    \
    at = m < M && k < K ? AT_A(m, k) : (const float*)0;     \
  }
#define FIND_B(at, column, depth)                           \
  {                                                         \
    const int n = column;                                   \
    const int k = depth;                                    \
    at = n < N && k < K ? AT_B(n, k) : (const float*)0;     \
  }

#if WIDE_A
#define LOAD_A(v, m, k) v = *(const float4*)AT_A(m, k);
#elif TA
#define LOAD_A(v, m, k) FOUR(v, m, M, k, GET_A)
#else
#define LOAD_A(v, m, k) FOUR(v, k, K, m, GET_A)
#endif

#if WIDE_B
#define LOAD_B(v, n, k) v = *(const float4*)AT_B(n, k);
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
