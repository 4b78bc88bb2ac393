// SPDX-License-Identifier: Apache-2.0
// The body of conv2d_input with a work-item for one element of x; neighbours in a group have neighbouring channels.

  const uint at = GROUP_X * BLOCK + ITEM_X;
  const uint pixel = at / C;
  const int channel = at - pixel * C;
  const int g = channel / C_G;
  const int c = channel - g * C_G;
  const uint line = pixel / W;
  const int column = pixel - line * W;
  const int n = line / H;
  const int row = line - (uint)n * H;
  if (n >= N) {
    return;
  }
  float sum = 0.0f;
  const int step_r = g_tap_step(SH, DH);
  const int step_s = g_tap_step(SW, DW);
  const int first_s = g_first_tap(column + PW, SW, DW, S);
  for (int r = g_first_tap(row + PH, SH, DH, R); r < R; r += step_r) {
    const int p = (row + PH - r * DH) / SH;
    for (int s = first_s; s < S; s += step_s) {
      const int q = (column + PW - s * DW) / SW;
      if (p >= 0 && p < P && q >= 0 && q < Q) {
        const int i = (n * P + p) * Q + q;
        const int w_at = ((r * S + s) * C_G + c) * K + g * K_G;
#if PLAIN_Y && K_G % 4 == 0
        for (int k = 0; k < K_G; k += 4) {
          const float4 from = *(GLOBAL const float4*)(y + i * K + g * K_G + k);
          const float4 factor = *(GLOBAL const float4*)(w + w_at + k);
          sum = fma(from.x, factor.x, sum);
          sum = fma(from.y, factor.y, sum);
          sum = fma(from.z, factor.z, sum);
          sum = fma(from.w, factor.w, sum);
        }
#else
        for (int k = 0; k < K_G; k++) {
          sum = fma(PROLOGUE_Y(i, g * K_G + k), w[w_at + k], sum);
        }
#endif
      }
    }
  }
  EPILOGUE(pixel, channel, sum);
