// SPDX-License-Identifier: Apache-2.0
// The body of conv2d with a work-item for ROW neighbours along q of a channel of y; neighbours in a group have
// neighbouring channels.

#define ROWS_Q ((Q + ROW - 1) / ROW)

  const uint at = GROUP_X * BLOCK + ITEM_X;
  const uint row = at / K; // [N,P,ROWS_Q]
  const int k = at - row * K;
  const int g = k / K_G;
  const uint line = row / ROWS_Q; // [N,P]
  const int first_q = (row - line * ROWS_Q) * ROW;
  const int n = line / P;
  const int p = line - (uint)n * P;
  if (n >= N) {
    return;
  }
  float sum[ROW];
#pragma unroll
  for (int i = 0; i < ROW; i++) {
    sum[i] = 0.0f;
  }
  for (int r = 0; r < R; r++) {
    for (int s = 0; s < S; s++) {
      int x_at[ROW];
#pragma unroll
      for (int i = 0; i < ROW; i++) {
        x_at[i] = first_q + i < Q ? g_x_at(n, p, first_q + i, r, s) : -1;
      }
      for (int c = 0; c < C_G; c++) {
        const float factor = w[((r * S + s) * C_G + c) * K + k];
#pragma unroll
        for (int i = 0; i < ROW; i++) {
          if (x_at[i] >= 0) {
            sum[i] = fma(PROLOGUE_X(x_at[i], g * C_G + c), factor, sum[i]);
          }
        }
      }
    }
  }
#pragma unroll
  for (int i = 0; i < ROW; i++) {
    if (first_q + i < Q) {
      EPILOGUE((n * P + p) * Q + first_q + i, k, sum[i]);
    }
  }
