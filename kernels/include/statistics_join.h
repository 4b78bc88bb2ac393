// SPDX-License-Identifier: Apache-2.0
// The body of the pass that joins what groups put down by statistics.h into mean [STATISTICS_CHANNELS] and var, 16 channels
// a group; as accurate as two walks over everything (Chan, Golub and LeVeque 1979).
//
// Wants of the kernel:
//   STATISTICS            parts [STATISTICS_PARTS, 1 + 2*STATISTICS_CHANNELS]: a part's pixels, its means, and its squared
//                         differences from them
//   STATISTICS_CHANNELS
//   STATISTICS_PARTS

  const int first = GROUP_X * 16;
  const int lanes = min(16, STATISTICS_CHANNELS - first);
  GLOBAL const float* parts = STATISTICS + 1 + first;
  float base[16];
  float sum[16];
  float spread[16];
  float some[16];
  float pixels = 0.0f;
  for (int c = 0; c < 16; c++) {
    base[c] = c < lanes ? parts[c] : 0.0f;
    sum[c] = 0.0f;
    spread[c] = 0.0f;
  }
  // 32 parts at a time, to keep rounding errors small. Counts of pixels are whole numbers: their sums are exact.
  for (int block = 0; block < STATISTICS_PARTS; block += 32) {
    for (int c = 0; c < 16; c++) {
      some[c] = 0.0f;
    }
    for (int p = block; p < min(block + 32, STATISTICS_PARTS); p++) {
      GLOBAL const float* from = parts + (size_t)p * (1 + 2 * STATISTICS_CHANNELS);
      const float count = from[-1 - first];
      pixels += count;
      for (int c = 0; c < lanes; c++) {
        some[c] = fma(count, from[c] - base[c], some[c]);
      }
    }
    for (int c = 0; c < 16; c++) {
      sum[c] += some[c];
    }
  }
  for (int c = 0; c < 16; c++) {
    sum[c] /= pixels;
  }
  for (int block = 0; block < STATISTICS_PARTS; block += 32) {
    for (int c = 0; c < 16; c++) {
      some[c] = 0.0f;
    }
    for (int p = block; p < min(block + 32, STATISTICS_PARTS); p++) {
      GLOBAL const float* from = parts + (size_t)p * (1 + 2 * STATISTICS_CHANNELS);
      const float count = from[-1 - first];
      for (int c = 0; c < lanes; c++) {
        const float d = from[c] - base[c] - sum[c];
        some[c] += fma(count * d, d, from[STATISTICS_CHANNELS + c]);
      }
    }
    for (int c = 0; c < 16; c++) {
      spread[c] += some[c];
    }
  }
  for (int c = 0; c < lanes; c++) {
    mean[first + c] = base[c] + sum[c];
    var[first + c] = spread[c] / pixels;
  }
