// SPDX-License-Identifier: Apache-2.0
// statistics_join.h for GPUs: a group of 256 work-items joins 32 channels, 8 parts at a time, in a halving tree.

#include "column_tree.h"

  LOCAL float partial[256];
  const int item = ITEM_X;
  const int row = item / 32;
  const int lane = item - row * 32;
  const int c = GROUP_X * 32 + lane;
  const int step = 1 + 2 * STATISTICS_CHANNELS;
  const float base = c < STATISTICS_CHANNELS ? STATISTICS[1 + c] : 0.0f;
  float pixels = 0.0f;
  float total = 0.0f;
  for (int p = row; p < STATISTICS_PARTS; p += 8) {
    GLOBAL const float* from = STATISTICS + (size_t)p * step;
    pixels += from[0];
    if (c < STATISTICS_CHANNELS) {
      total = g_fma_1(from[0], from[1 + c] - base, total);
    }
  }
  SUM_COLUMNS(partial, pixels, lane, 32)
  SUM_COLUMNS(partial, total, lane, 32)
  const float middle = total / pixels;
  float spread = 0.0f;
  for (int p = row; p < STATISTICS_PARTS && c < STATISTICS_CHANNELS; p += 8) {
    GLOBAL const float* from = STATISTICS + (size_t)p * step;
    const float d = from[1 + c] - base - middle;
    spread += g_fma_1(from[0] * d, d, from[1 + STATISTICS_CHANNELS + c]);
  }
  SUM_COLUMNS(partial, spread, lane, 32)
  if (item < 32 && c < STATISTICS_CHANNELS) {
    mean[c] = base + middle;
    var[c] = spread / pixels;
  }
