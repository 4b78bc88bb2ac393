// SPDX-License-Identifier: Apache-2.0
// The steps of a window along a row of an image at which one column of the filter meets a column of that image, for
// OpenCL CPU devices; `shift` is the column that it meets at step 0, negative to the left of the image.
#ifndef GANDER_CONV_STEPS_H
#define GANDER_CONV_STEPS_H

DEVICE int g_first_step(int shift) {
  return shift >= 0 ? 0 : (-shift + SW - 1) / SW;
}

// Behind the last step.
DEVICE int g_end_of_steps(int shift) {
  return shift >= W ? 0 : min(Q, (W - 1 - shift) / SW + 1);
}

#endif
