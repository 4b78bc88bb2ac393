// SPDX-License-Identifier: Apache-2.0
// The mean and variance of what a convolution for OpenCL CPU devices makes, while it makes it: a group sums over the
// pixels that are its own, in vectors of 16 channels, and puts down their mean and their squared differences from it
// (STATISTICS is the place, see statistics_join.h). Without STATISTICS nothing of this is there.
//
// Differences are taken from the mean of the group's first tile, so that one walk gives both sums. The squares'
// correction, sum(d)^2 / pixels, is then less than a group's tiles times what remains: no more digits than those are lost.
#ifndef GANDER_STATISTICS_H
#define GANDER_STATISTICS_H

#ifdef STATISTICS

// Sums for so many vectors of channels.
#define G_STATISTICS(vectors)                                \
  float16 g_middle[vectors];                                 \
  float16 g_sum[vectors];                                    \
  float16 g_square[vectors];                                 \
  int g_pixels = 0;                                          \
  for (int g_vector = 0; g_vector < (vectors); g_vector++) { \
    g_middle[g_vector] = (float16)(0.0f);                    \
    g_sum[g_vector] = (float16)(0.0f);                       \
    g_square[g_vector] = (float16)(0.0f);                    \
  }

// Whether differences have nothing yet to be taken from; before the pixels of a tile are counted.
#define G_NO_MIDDLE (g_pixels == 0)
#define G_SET_MIDDLE(vector, sum, count) g_middle[vector] = (sum) * (1.0f / (count))
#define G_MEASURE(vector, value)                                    \
  {                                                                 \
    const float16 g_d = (value) - g_middle[vector];                 \
    g_sum[vector] += g_d;                                           \
    g_square[vector] = fma(g_d, g_d, g_square[vector]);             \
  }
#define G_COUNT(pixels) g_pixels += (pixels)

// Puts down lanes of a vector: channel first + lane for lanes below count, and once for all vectors the pixels.
#define G_PUT_PIXELS(part) (STATISTICS)[(size_t)(part) * STATISTICS_STEP] = g_pixels
#define G_PUT_STATISTICS(part, vector, first, count)                                                     \
  for (int g_lane = 0; g_lane < (count); g_lane++) {                                                     \
    GLOBAL float* g_to = (STATISTICS) + (size_t)(part) * STATISTICS_STEP + 1 + (first) + g_lane;         \
    const float g_s = ((const float*)(g_sum + (vector)))[g_lane];                                        \
    const float g_q = ((const float*)(g_square + (vector)))[g_lane];                                     \
    const float g_n = max(g_pixels, 1);                                                                  \
    g_to[0] = ((const float*)(g_middle + (vector)))[g_lane] + g_s / g_n;                                 \
    g_to[STATISTICS_CHANNELS] = max(g_q - g_s * g_s / g_n, 0.0f);                                        \
  }
// A part without pixels.
#define G_PUT_NOTHING(part)                                               \
  for (int g_at = 0; g_at < STATISTICS_STEP; g_at++) {                    \
    (STATISTICS)[(size_t)(part) * STATISTICS_STEP + g_at] = 0.0f;         \
  }
#define STATISTICS_STEP (1 + 2 * STATISTICS_CHANNELS)

#endif
#endif
