//! matmul: a matrix times a vector; a row that is contiguous is SPREAD warps' work, of others a block takes ACROSS
//! device  cuda
//! when    N == 1 || M == 1
//! let     COUNT N == 1 ? M : N
//! let     ALONG_K N == 1 ? !TA : TB
//! let     OUTPUTS ALONG_K ? WARPS / SPREAD : ACROSS
//! when    ALONG_K ? ACROSS == 8 && WARPS % SPREAD == 0 : SPREAD == 1
//! when    B <= 65535
//! tune    WARPS = 4 8 16 2 1   SPREAD = 1 2 4   ACROSS = 8 16 32
//! default !ALONG_K && K > 32 ? WARPS = 8
//! default ALONG_K && B * COUNT <= 2 * units && K >= 1024 ? SPREAD = 4
//! default ALONG_K && B * COUNT <= 2 * units && K < 1024 ? WARPS = 2
//! default !ALONG_K && B * COUNT >= 64 * units ? ACROSS = 32
//! prefer  20
//! grid    ceil(COUNT, OUTPUTS)  B
//! block   32 * WARPS
//! note    one launch: nothing is staged, and at most one barrier joins the warps
// SPDX-License-Identifier: Apache-2.0

// LONG(i, k) is the matrix of COUNT rows, FEW(k) the vector.
#if N == 1
#define COUNT M
#define LONG(i, k) (TA ? PROLOGUE_A(z, k, i) : PROLOGUE_A(z, i, k))
#define FEW(k) (TB ? PROLOGUE_B(z, 0, k) : PROLOGUE_B(z, k, 0))
#define STORE(i, v) EPILOGUE(z, i, 0, v)
#define ALONG_K (!TA)
#define MATRIX a
#define VECTOR b
#else
#define COUNT N
#define LONG(i, k) (TB ? PROLOGUE_B(z, i, k) : PROLOGUE_B(z, k, i))
#define FEW(k) (TA ? PROLOGUE_A(z, k, 0) : PROLOGUE_A(z, 0, k))
#define STORE(i, v) EPILOGUE(z, 0, i, v)
#define ALONG_K TB
#define MATRIX b
#define VECTOR a
#endif

// The outputs of a block; the warps that add to each, and the lanes of a warp.
#if ALONG_K
#define OUTPUTS (WARPS / SPREAD)
#define ADDING SPREAD
#define LANES 32
#else
#define OUTPUTS ACROSS
#define ADDING WARPS
#define LANES (32 / ACROSS)
#endif

// A thread takes every STEP-th piece of the depth: whole vectors where they are aligned, else single elements. Those of a
// batch are loaded before any is used, so that all are on their way together.
#define STEP (LANES * ADDING)
#if ALONG_K && PLAIN_A && PLAIN_B && K % 4 == 0
#define WIDE 1
#define PIECES (K / 4)
#define MOST 4
#else
#define WIDE 0
#define PIECES K
#define MOST 8
#endif
#define STEPS ((PIECES + STEP - 1) / STEP)
#define BATCH (STEPS < MOST ? STEPS : MOST)

KERNEL void __launch_bounds__(32 * WARPS) matmul(PARAMS) {
  const int z = GROUP_Y;
  const uint item = ITEM_X;
  const int warp = item / 32;
  // The output of this thread within the block, and which of those that add to it this is.
  const int output = ALONG_K ? warp / ADDING : (int)(item % OUTPUTS);
  const int own = ALONG_K ? (int)(item % (32 * ADDING)) : (int)(item / OUTPUTS);
  const int i = GROUP_X * OUTPUTS + output;
  float sum = 0.0f;
  if (i < COUNT) {
#if WIDE
    const float4* row = (const float4*)(MATRIX + ((size_t)z * COUNT + i) * K);
    const float4* few = (const float4*)(VECTOR + (size_t)z * K);
    float4 four = {0.0f, 0.0f, 0.0f, 0.0f};
#endif
    for (int first = own; first < PIECES; first += STEP * BATCH) {
#if WIDE
      float4 v[BATCH];
      float4 w[BATCH];
#else
      float v[BATCH];
      float w[BATCH];
#endif
#pragma unroll
      for (int s = 0; s < BATCH; s++) {
        const int piece = first + s * STEP;
        const bool inside = PIECES % (STEP * BATCH) == 0 || piece < PIECES;
#if WIDE
        v[s] = w[s] = float4{0.0f, 0.0f, 0.0f, 0.0f};
        if (inside) {
          v[s] = row[piece];
          w[s] = few[piece];
        }
#else
        v[s] = w[s] = 0.0f;
        if (inside) {
          v[s] = LONG(i, piece);
          w[s] = FEW(piece);
        }
#endif
      }
#pragma unroll
      for (int s = 0; s < BATCH; s++) {
#if WIDE
        four.x = fma(v[s].x, w[s].x, four.x);
        four.y = fma(v[s].y, w[s].y, four.y);
        four.z = fma(v[s].z, w[s].z, four.z);
        four.w = fma(v[s].w, w[s].w, four.w);
#else
        sum = fma(v[s], w[s], sum);
#endif
      }
    }
#if WIDE
    sum = (four.x + four.y) + (four.z + four.w);
#endif
  }
#pragma unroll
  for (int distance = 16; distance > 16 / LANES; distance >>= 1) {
    sum += __shfl_xor_sync(0xffffffffu, sum, distance);
  }
#if ADDING == 1
  if (item % 32 < 32 / LANES && i < COUNT) {
    STORE(i, sum);
  }
#else
  LOCAL float sums[ADDING * OUTPUTS];
  if (item % 32 < 32 / LANES) {
    sums[(warp % ADDING) * OUTPUTS + output] = sum;
  }
  BARRIER();
  const int mine = GROUP_X * OUTPUTS + item;
  if (item < OUTPUTS && mine < COUNT) {
    float total = sums[item];
#pragma unroll
    for (int part = 1; part < ADDING; part++) {
      total += sums[part * OUTPUTS + item];
    }
    STORE(mine, total);
  }
#endif
}
