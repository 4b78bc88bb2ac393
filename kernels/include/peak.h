// SPDX-License-Identifier: Apache-2.0
// The recurrence of the peak kernels: v = PEAK_SCALE * v + PEAK_SHIFT, PEAK_ROUNDS times. It tends to 1, so that no
// value becomes so small or so large that a processor would slow down.
#define PEAK_ROUNDS 4096
#define PEAK_SCALE 0.999f
#define PEAK_SHIFT 0.001f
