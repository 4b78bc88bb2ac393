// SPDX-License-Identifier: Apache-2.0
// Rows of C channels as runs of whole vectors, for OpenCL CPU devices: RUN_ROWS rows are WIDE elements, a multiple of
// 16 whatever C is, and a number for each channel becomes a pattern that repeats itself along them.
#ifndef GANDER_RUNS_H
#define GANDER_RUNS_H

// At least four vectors, so that sums into the same element are not each other's next.
#define RUN_LEAST (C % 16 == 0 ? 1 : C % 8 == 0 ? 2 : C % 4 == 0 ? 4 : C % 2 == 0 ? 8 : 16)
#define RUN_ROWS (C * RUN_LEAST < 64 ? 4 * RUN_LEAST : RUN_LEAST)
#define WIDE (C * RUN_ROWS)
#define RUN _Pragma("unroll 8") for (int k = 0; k < WIDE / 16; k++) // over the vectors of a run

// Repeats the first C elements of a pattern along the rest of it.
DEVICE void g_repeat(float* pattern) {
  for (int i = C; i < WIDE; i++) {
    pattern[i] = pattern[i - C];
  }
}

// Adds up the sums of a pattern's elements into those of its C channels, in the order of the rows.
DEVICE void g_fold(float* sums) {
  for (int row = 1; row < RUN_ROWS; row++) {
    for (int c = 0; c < C; c++) {
      sums[c] += sums[row * C + c];
    }
  }
}

#endif
