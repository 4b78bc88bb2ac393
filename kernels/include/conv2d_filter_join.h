// SPDX-License-Identifier: Apache-2.0
// The body of the second pass of conv2d_filter: adds the parts [SPLIT,PLACES,K] in order.

  const int e = GROUP_X * 256 + ITEM_X;
  if (e < PLACES * K) {
    float total = 0.0f;
    for (int part = 0; part < SPLIT; part++) {
      total += parts[(size_t)part * (PLACES * K) + e];
    }
    const int place = (uint)e / K;
    EPILOGUE(place, e - place * K, total);
  }
