// SPDX-License-Identifier: Apache-2.0
// The taps of a transposed convolution by the remainder of a row (or column) by the stride: a row h of the image is
// met by tap r where h + pad - r * dilation is a multiple of the stride, so by r with class(r) = h mod stride alone.
#ifndef GANDER_CONV_CLASSES_H
#define GANDER_CONV_CLASSES_H

DEVICE int g_tap_class(int tap, int stride, int pad, int dilation) {
  const int shift = tap * dilation - pad + stride * pad; // not negative
  return shift - shift / stride * stride;
}

// How many of the taps 0 .. count-1 are of classes from .. to-1.
DEVICE int g_taps_between(int from, int to, int count, int stride, int pad, int dilation) {
  int found = 0;
  for (int tap = 0; tap < count; tap++) {
    const int own = g_tap_class(tap, stride, pad, dilation);
    found += own >= from && own < to;
  }
  return found;
}

// The first tap of a class, or count; with after >= 0 the first behind that one.
DEVICE int g_tap_behind(int after, int own, int count, int stride, int pad, int dilation) {
  int tap = after + 1;
  while (tap < count && g_tap_class(tap, stride, pad, dilation) != own) {
    tap++;
  }
  return tap;
}

// The step of a window that begins so far before; negative if none begins there.
DEVICE int g_step_back(int distance, int stride) {
  const int step = distance / stride;
  return distance < 0 || step * stride != distance ? -1 : step;
}

#endif
