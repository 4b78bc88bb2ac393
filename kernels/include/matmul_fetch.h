// SPDX-License-Identifier: Apache-2.0
// How a CUDA matmul kernel fetches its operands, four neighbours at a time.
// Wants: int z, the matrix of the batch; BM, BN and BK, multiples of 4 at which the blocks' outputs and slabs of the depth
// begin. A kernel that knows more of a slab defines IN_K(k) itself.
#ifndef GANDER_MATMUL_FETCH_H
#define GANDER_MATMUL_FETCH_H

// Nothing to ask where blocks and slabs end with the matrix.
#define IN_M(m) (M % BM == 0 || (m) < M)
#define IN_N(n) (N % BN == 0 || (n) < N)
#ifndef IN_K
#define IN_K(k) (K % BK == 0 || (k) < K)
#endif

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

// For tile_sums_mma.h: where an outer line begins, null where there is none.
#define KEPT_A const float*
#define KEPT_B const float*
#define KEEP_A(kept, row) kept = IN_M(row) ? AT_A(row, 0) : (const float*)0;
#define KEEP_B(kept, column) kept = IN_N(column) ? AT_B(column, 0) : (const float*)0;
#define FIND_A(at, there, kept, depth) FIND(at, there, kept, depth, TA ? M : 1, a)
#define FIND_B(at, there, kept, depth) FIND(at, there, kept, depth, TB ? 1 : N, b)
#define FIND(at, there, kept, depth, step, any)          \
  {                                                      \
    const int k = depth;                                 \
    there = kept != 0 && IN_K(k);                        \
    at = there ? kept + (size_t)k * (step) : (any);      \
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

// The four, zeros beyond the matrix's end along either dimension.
#define FETCH_A(v, row, depth)    \
  {                               \
    const int m = row;            \
    const int k = depth;          \
    v.x = v.y = v.z = v.w = 0.0f; \
    if (IN_M(m) && IN_K(k)) {     \
      LOAD_A(v, m, k)             \
    }                             \
  }
#define FETCH_B(v, column, depth) \
  {                               \
    const int n = column;         \
    const int k = depth;          \
    v.x = v.y = v.z = v.w = 0.0f; \
    if (IN_N(n) && IN_K(k)) {     \
      LOAD_B(v, n, k)             \
    }                             \
  }

#endif
