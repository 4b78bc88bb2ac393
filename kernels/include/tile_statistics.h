// SPDX-License-Identifier: Apache-2.0
// Behind tile_sums.h, of a convolution: what a group of work-items has made is summed over, channel by channel, and its mean
// and squared differences from it are put down for statistics_join_tree.h. In fixed order: each work-item over its rows,
// then one of them over the others.
// Wants: STATISTICS, STATISTICS_CHANNELS; uint own_rows, whose bit i says whether ROW(i) is a pixel; int part, the group's
// place among parts; int first_channel, that of COLUMN 0, and int channels, how many there are from there on.
#define STATISTICS_STEP (1 + 2 * STATISTICS_CHANNELS)

  LOCAL float totals[OWNERS * BN];
  LOCAL float owned[OWNERS];
  LOCAL float means[BN];
  float own_count = 0.0f;
#pragma unroll
  for (int i = 0; i < TM; i++) {
    own_count += own_rows >> i & 1u ? 1.0f : 0.0f;
  }
#pragma unroll
  for (int j = 0; j < TN; j++) {
    float total = 0.0f;
#pragma unroll
    for (int i = 0; i < TM; i++) {
      total += own_rows >> i & 1u ? sum[i][j] : 0.0f;
    }
    totals[OWNER * BN + COLUMN(j) - left] = total;
  }
  if (COLUMN(0) == left) {
    owned[OWNER] = own_count;
  }
  BARRIER();
  float pixels = 0.0f;
  for (int owner = 0; owner < OWNERS; owner++) {
    pixels += owned[owner];
  }
  for (int column = item; column < BN; column += ITEMS) {
    float total = 0.0f;
    for (int owner = 0; owner < OWNERS; owner++) {
      total += totals[owner * BN + column];
    }
    means[column] = total / max(pixels, 1.0f);
  }
  BARRIER();
#pragma unroll
  for (int j = 0; j < TN; j++) {
    const float middle = means[COLUMN(j) - left];
    float total = 0.0f;
#pragma unroll
    for (int i = 0; i < TM; i++) {
      const float d = sum[i][j] - middle;
      total += own_rows >> i & 1u ? d * d : 0.0f;
    }
    totals[OWNER * BN + COLUMN(j) - left] = total;
  }
  BARRIER();
  GLOBAL float* to = STATISTICS + (size_t)part * STATISTICS_STEP;
  if (item == 0 && first_channel == 0) {
    to[0] = pixels;
  }
  for (int column = item; column < BN; column += ITEMS) {
    if (column < channels) {
      float total = 0.0f;
      for (int owner = 0; owner < OWNERS; owner++) {
        total += totals[owner * BN + column];
      }
      to[1 + first_channel + column] = means[column];
      to[1 + STATISTICS_CHANNELS + first_channel + column] = total;
    }
  }
