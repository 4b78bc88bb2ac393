// SPDX-License-Identifier: Apache-2.0
// A convolution for OpenCL CPU devices that makes images of few channels, from either side: vectors run along the
// channels that are read, and their lanes are added at the end. A group makes HIGH rows of an image. A row's pixels
// are put down as they come, and added and stored when they are all there, 16 numbers at a time.
//
// Pixels that are neighbours in their class share what they read: a column is loaded once for all the taps that meet it.
//
// Wants of the kernel:
//   CH, COLS                     channels that are read (16 or more), and made
//   IN_H, IN_W, OUT_H, OUT_W     the images
//   READ16(pixel, c)             16 channels of the image that is read
//   FILTER(r, s, i, c)           the filters; i is a channel that is made
//   CLASSES                      pixels own, own + CLASSES, ... of a row meet the same taps
//   TAPS                         of a row of the filter, for one class
//   TAP_S(own, tap)              which column of the filter that is; from S on there is none
//   IN_STEP                      columns from a pixel of a class to its neighbour, in the image that is read
//   SOURCE_H(h, r)               the row that is read for row h by tap r; negative where there is none
//   SOURCE_W(own)                the first column that is read for pixel 0 of a class
//   AHEAD(h)                     a row that is read first by row h + 2, or a later one
//   PLAIN                        the image that is read, if it is a plain pointer; else not defined
//   TAP_OF(m, t)                 the tap by which pixel m of a tile meets column t from that column on

#define VECTORS CEIL(CH, 16)
#define SPAN ((TILE - 1) * IN_STEP + TAPS)

// Pixels of a register tile; those of a class are evened out.
#define MOST CEIL(OUT_W, CLASSES)
#define TILE CEIL(MOST, CEIL(MOST, MR))

// The first channel of a vector; the last vector is moved down, and counts only what is its own.
#define START(v) min(16 * (v), CH - 16)

  LOCAL float16 filters[CLASSES * R * VECTORS * TAPS * COLS]; // [CLASSES,R,VECTORS,TAPS,COLS,16]
  LOCAL float16 sums[16 * CEIL(OUT_W * COLS, 16)];            // [OUT_W,COLS,16], lanes not yet added
  const int n = GROUP_Y;

  LOCAL float* to = (LOCAL float*)filters;
  for (int own = 0; own < CLASSES; own++) {
    for (int r = 0; r < R; r++) {
      for (int v = 0; v < VECTORS; v++) {
        for (int tap = 0; tap < TAPS; tap++) {
          const int s = TAP_S(own, tap);
          for (int i = 0; i < COLS; i++) {
            for (int lane = 0; lane < 16; lane++) {
              const int c = START(v) + lane;
              *to++ = s >= S || c < 16 * v ? 0.0f : FILTER(r, s, i, c);
            }
          }
        }
      }
    }
  }
  for (int e = OUT_W * COLS; e < 16 * CEIL(OUT_W * COLS, 16); e++) {
    sums[e] = (float16)(0.0f);
  }

  for (int h = GROUP_X * HIGH; h < min(GROUP_X * HIGH + HIGH, OUT_H); h++) {
    for (int own = 0; own < min(CLASSES, OUT_W); own++) {
      const int count = (OUT_W - own + CLASSES - 1) / CLASSES;
      for (int j = 0; j < count; j += TILE) {
        // The last pixels of a row are done once more where they do not fill a tile.
        const int first = max(min(j, count - TILE), 0);
        const int left = SOURCE_W(own) + first * IN_STEP;
#ifdef PLAIN
        // Rows are walked side by side, which processors do not foresee: what will be read two rows on is asked for here.
        for (int ahead = AHEAD(h); own == 0 && ahead < min(AHEAD(h + 1), IN_H); ahead++) {
          GLOBAL const float* from = PLAIN + ((size_t)(n * IN_H + ahead) * IN_W + max(left, 0)) * CH;
          for (int e = 0; e < TILE * IN_STEP * CH; e += 16) {
            G_PREFETCH_FAR(from + e);
          }
        }
#endif
        float16 sum[TILE][COLS];
#pragma unroll
        for (int m = 0; m < TILE; m++) {
#pragma unroll
          for (int i = 0; i < COLS; i++) {
            sum[m][i] = (float16)(0.0f);
          }
        }
        for (int r = 0; r < R; r++) {
          const int source = SOURCE_H(h, r);
          if (source < 0 || source >= IN_H) {
            continue;
          }
          const int row = (n * IN_H + source) * IN_W;
          for (int v = 0; v < VECTORS; v++) {
            LOCAL const float16* own_filters = filters + ((own * R + r) * VECTORS + v) * TAPS * COLS;
            float16 f[TAPS][COLS];
#pragma unroll
            for (int tap = 0; tap < TAPS; tap++) {
#pragma unroll
              for (int i = 0; i < COLS; i++) {
                f[tap][i] = own_filters[tap * COLS + i];
              }
            }
#pragma unroll
            for (int t = 0; t < SPAN; t++) {
              if (left + t >= 0 && left + t < IN_W) {
                const float16 x16 = READ16(row + left + t, START(v));
#pragma unroll
                for (int m = 0; m < TILE; m++) {
#pragma unroll
                  for (int tap = 0; tap < TAPS; tap++) {
#pragma unroll
                    for (int i = 0; i < COLS && TAP_OF(m, t) == tap; i++) {
                      sum[m][i] = fma(x16, f[tap][i], sum[m][i]);
                    }
                  }
                }
              }
            }
          }
        }
#pragma unroll
        for (int m = 0; m < TILE; m++) {
          // A class may have a pixel less than the others, and then less than a tile.
          if (first + m < count) {
#pragma unroll
            for (int i = 0; i < COLS; i++) {
              sums[(own + (first + m) * CLASSES) * COLS + i] = sum[m][i];
            }
          }
        }
      }
    }
    const int row = (n * OUT_H + h) * OUT_W;
    int e = 0;
    for (; e + 16 <= OUT_W * COLS; e += 16) {
      EPILOGUE_RUN16(row * COLS + e, g_sums16(sums + e));
    }
    if (e < OUT_W * COLS) {
      sums[e] = g_sums16(sums + e);
      LOCAL const float* rest = (LOCAL const float*)(sums + e) - e;
      for (; e < OUT_W * COLS; e++) {
        EPILOGUE(row + e / COLS, e - e / COLS * COLS, rest[e]);
      }
    }
  }
