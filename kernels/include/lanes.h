// SPDX-License-Identifier: Apache-2.0
// Sums over the lanes of a vector, for OpenCL CPU devices.
#ifndef GANDER_LANES_H
#define GANDER_LANES_H

DEVICE float g_sum16(float16 v) {
  const float8 eight = v.lo + v.hi;
  const float4 four = eight.lo + eight.hi;
  const float2 two = four.lo + four.hi;
  return two.x + two.y;
}

#endif
