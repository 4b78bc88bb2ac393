//! matmul: a block computes BM x BN outputs; its warps, and the SHARES of a warp, take turns at the depth, 4 at a time
//! device  cuda
//! let     SHARES 32 * TM * TN / (BM * BN)
//! let     BLOCKS B * ceil(M, 16) * ceil(N, 16)
//! when    BM >= TM && BN >= TN && BM * BN <= 32 * TM * TN && TM % SHARES == 0
//! when    4 * WARPS * BM * BN <= 49152
//! when    B <= 65535 && ceil(M, BM) <= 65535
//! tune    BM = 16 8 32 64   BN = 16 32 64   TM = 8 4   TN = 4 8   WARPS = 8 4 16 2 12
//! default TB && BLOCKS <= 2 * units && K >= 128 && K <= 512 ? BN = 16 TN = 8 WARPS = 8
//! default TB && BLOCKS <= 2 * units && K > 512 ? BN = 16 TN = 8 WARPS = 12
//! default !TB && BLOCKS <= units && K > 512 ? BM = 8 BN = 32 TN = 8 WARPS = 4
//! default !TB && BLOCKS <= 2 * units && K > 512 ? TN = 8
//! default !TA && BLOCKS > 2 * units && BLOCKS <= 4 * units ? BN = 16
//! default TA && K <= 128 && BLOCKS > 4 * units && BLOCKS <= 6 * units ? BM = 32 BN = 16 TM = 4 TN = 8
//! default BLOCKS * 2 <= units ? BM = 8 TM = 4
//! default BLOCKS > units && BLOCKS <= 6 * units ? BN = 32
//! default BLOCKS > 6 * units ? BM = 32 BN = 32
//! default K >= 256 && K * ceil(BLOCKS, units) <= 512 && M % 4 == 0 && N % 4 == 0 && K % 4 == 0 ? WARPS = 16
//! default BLOCKS <= 2 * units && K <= 64 ? WARPS = 4
//! default BLOCKS > 2 * units && K > 128 ? WARPS = 4
//! prefer  K <= 2048 && B * ceil(M, 32) * ceil(N, 32) <= 2 * units ? 15 : 0 - 1
//! grid    ceil(N, BN)  ceil(M, BM)  B
//! block   32 * WARPS
//! note    one launch and one barrier: for products that are over before a second launch would begin
//! note    12 warps of 8 x 8 outputs have the 168 registers that two rounds of operands need: 16 have 128, and spill
//! note    operands go from memory to registers: a warp reads each element of its depths once
// SPDX-License-Identifier: Apache-2.0

// A share of a warp is ACROSS x DOWN threads, which hold the block's outputs, TM x TN each in squares of 4 x 4.
#define ACROSS (BN / TN)
#define DOWN (BM / TM)
#define SHARES (32 / (ACROSS * DOWN))
#define ROW(i, down) ((i) / 4 * (4 * DOWN) + (down) * 4 + (i) % 4)
#define COLUMN(j, across) ((j) / 4 * (4 * ACROSS) + (across) * 4 + (j) % 4)

// In a round each share of each warp takes four depths.
#define BK (4 * SHARES * WARPS)
#define WHOLE_ROUNDS (K / BK)

// What a thread keeps once the shares of its warp are added, and that as float4.
#define KEPT_ROWS (TM / SHARES)
#define KEPT (KEPT_ROWS * TN / 4)

#define IN_K(k) (whole || (k) < K)
#include "matmul_fetch.h"

#define PART(v, i) ((i) == 0 ? v.x : (i) == 1 ? v.y : (i) == 2 ? v.z : v.w)
// Outer element i at depth k of four, from fetches along the outer dimension or along the depth.
#define PICK(v, i, k, size, along) ((along) ? PART(v[(k) * ((size) / 4) + (i) / 4], (i) % 4) : PART(v[i], k))

KERNEL void __launch_bounds__(32 * WARPS) matmul(PARAMS) {
  LOCAL float4 parts[WARPS * KEPT * 32]; // [WARPS,KEPT,32]
  const int z = GROUP_Z;
  const int top = GROUP_Y * BM;
  const int left = GROUP_X * BN;
  const uint item = ITEM_X; // unsigned, so that / and % by powers of two are shifts
  const int warp = item / 32;
  const int lane = item % 32;
  const int share = item % 32 / (ACROSS * DOWN);
  const int down = item / ACROSS % DOWN;
  const int across = item % ACROSS;
  const int own = (warp * SHARES + share) * 4;

  float sum[TM][TN];
#pragma unroll
  for (int i = 0; i < TM; i++) {
#pragma unroll
    for (int j = 0; j < TN; j++) {
      sum[i][j] = 0.0f;
    }
  }

  float4 next_a[TM];
  float4 next_b[TN];
  const auto fetch = [&](int begin, bool whole) {
#pragma unroll
    for (int f = 0; f < TM; f++) {
      FETCH_A(next_a[f], top + ROW(TA ? f % (TM / 4) * 4 : f, down), begin + own + (TA ? f / (TM / 4) : 0));
    }
#pragma unroll
    for (int f = 0; f < TN; f++) {
      FETCH_B(next_b[f], left + COLUMN(TB ? f : f % (TN / 4) * 4, across), begin + own + (TB ? 0 : f / (TN / 4)));
    }
  };
  const auto multiply = [&](const float4* a_k, const float4* b_k) {
#pragma unroll
    for (int k = 0; k < 4; k++) {
#pragma unroll
      for (int i = 0; i < TM; i++) {
#pragma unroll
        for (int j = 0; j < TN; j++) {
          sum[i][j] = fma(PICK(a_k, i, k, TM, TA), PICK(b_k, j, k, TN, !TB), sum[i][j]);
        }
      }
    }
  };
  // While a round is multiplied, the next one is on its way.
  const auto turn = [&](int begin, bool whole) {
    float4 here_a[TM];
    float4 here_b[TN];
#pragma unroll
    for (int f = 0; f < TM; f++) {
      here_a[f] = next_a[f];
    }
#pragma unroll
    for (int f = 0; f < TN; f++) {
      here_b[f] = next_b[f];
    }
    fetch(begin, whole);
    multiply(here_a, here_b);
  };
  fetch(0, BK <= K);
#pragma unroll 2
  for (int round = 1; round < WHOLE_ROUNDS; round++) {
    turn(round * BK, true);
  }
  if (K > BK && K % BK != 0) {
    turn(WHOLE_ROUNDS * BK, false);
  }
  multiply(next_a, next_b);

  // Of two shares that still hold the same outputs, the lower keeps the first half of the rows, the upper the rest.
#pragma unroll
  for (int step = 2; step <= SHARES; step *= 2) {
    const bool upper = share & SHARES / step;
#pragma unroll
    for (int i = 0; i < TM / step; i++) {
#pragma unroll
      for (int j = 0; j < TN; j++) {
        const float kept = upper ? sum[i + TM / step][j] : sum[i][j];
        const float given = upper ? sum[i][j] : sum[i + TM / step][j];
        sum[i][j] = kept + __shfl_xor_sync(0xffffffffu, given, SHARES / step * (ACROSS * DOWN));
      }
    }
  }

#pragma unroll
  for (int i = 0; i < KEPT_ROWS; i++) {
#pragma unroll
    for (int j = 0; j < TN; j += 4) {
      float4 v;
      v.x = sum[i][j];
      v.y = sum[i][j + 1];
      v.z = sum[i][j + 2];
      v.w = sum[i][j + 3];
      parts[(warp * KEPT + i * (TN / 4) + j / 4) * 32 + lane] = v;
    }
  }
  BARRIER();
  // Neighbouring threads take neighbouring columns, in the order in which the parts lie.
#pragma unroll
  for (int first = 0; first < BM * BN; first += 32 * WARPS) {
    const uint e = first + item;
    if (BM * BN % (32 * WARPS) != 0 && e >= BM * BN) {
      break;
    }
    float total = ((LOCAL_AT const float*)parts)[e];
#pragma unroll
    for (int w = 1; w < WARPS; w++) {
      total += ((LOCAL_AT const float*)parts)[w * (BM * BN) + e];
    }
    const uint kept = e / 128;
    const uint owner = e / 4 % 32;
    const int i = owner / (ACROSS * DOWN) * KEPT_ROWS + kept / (TN / 4);
    const int j = kept % (TN / 4) * 4 + e % 4;
    const int m = top + ROW(i, owner / ACROSS % DOWN);
    const int n = left + COLUMN(j, owner % ACROSS);
    if (IN_M(m) && IN_N(n)) {
      EPILOGUE(z, m, n, total);
    }
  }
}
