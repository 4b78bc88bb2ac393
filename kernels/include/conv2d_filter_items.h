// SPDX-License-Identifier: Apache-2.0
// The body of the first pass of conv2d_filter with a work-item for one element of w, over one of SPLIT parts of the
// lines (n,p) of y: parts [SPLIT,PLACES,K].

#define LINES (N * P)
#define LINES_A_PART ((LINES + SPLIT - 1) / SPLIT)

  const uint at = GROUP_X * BLOCK + ITEM_X;
  const int part = GROUP_Y;
  const uint place = at / K;
  const int k = at - place * K;
  if (place >= PLACES) {
    return;
  }
  const uint tap = place / C_G;
  const uint r = tap / S;
  const int column = (int)(tap - r * S) * DW - PW;
  const int channel = k / K_G * C_G + (int)(place - tap * C_G);
  float sum = 0.0f;
  const int end = min((part + 1) * LINES_A_PART, LINES);
  for (int line = part * LINES_A_PART; line < end; line++) {
    const int n = line / P;
    const int h = (line - n * P) * SH + (int)r * DH - PH;
    if (h >= 0 && h < H) {
      for (int q = 0; q < Q; q++) {
        const int across = q * SW + column;
        if (across >= 0 && across < W) {
          sum = fma(PROLOGUE_X((n * H + h) * W + across, channel), PROLOGUE_Y(line * Q + q, k), sum);
        }
      }
    }
  }
  parts[((size_t)part * PLACES) * K + at] = sum;
