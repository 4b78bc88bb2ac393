// SPDX-License-Identifier: Apache-2.0
// The body of a convolution for OpenCL CPU devices as a matrix product, from either side: rows are pixels of what is
// made, columns its channels, and the depth is taps x channels of what is read. A group gathers a band of rows, a slab
// of taps at a time, into local memory, so that the product itself reads nothing but two dense blocks. The columns'
// side, the filters, was put into panels by the pass before.
//
// Wants of the kernel, beside register_tile.h:
//   BAND              rows of a group, a multiple of MR
//   VECS, WIDE        vectors of 16 columns in a register tile, and floats
//   CH, COLS          channels of a group that are read, and that are made
//   IN_H, IN_W        the image that is read
//   MOST_TAPS         no class of pixels has more taps
//   READ(pixel, c)    an element of that image; READ16 for 16 neighbours
//   WRITE(pixel, c, v), WRITE16
// and as variables, set before this is included:
//   int g             group of channels
//   int rows          pixels of the class; int first, the first of this group
//   int out_h, out_w  the grid of the class, rows = N * out_h * out_w
//   int taps_h, taps_w
//   GLOBAL const float* filters   [CEIL(COLS,WIDE)] panels, PANEL_STEP floats apart, each [taps,CH,WIDE]
//   ROW_H(i), ROW_W(j)    the row and column read by tap 0 for row i, column j of the grid
//   STEP_H, STEP_W        by which tap rows and columns move
//   PIXEL(n, i, j)        where that pixel is stored
//   STATISTICS            where the statistics of what is made are wanted (statistics.h)


// The depth is cut into slabs of TAPS whole taps, or if a tap alone is too deep, of BLOCK of its channels.
#define PARTS CEIL(CH, KC)
#define BLOCK (PARTS == 1 ? CH : 16 * CEIL(CEIL(CH, PARTS), 16))
#define TAPS (PARTS > 1 ? 1 : CEIL(MOST_TAPS, CEIL(MOST_TAPS, LARGER(1, KC / CH))))
#define SLABS (CEIL(MOST_TAPS, TAPS) * PARTS)

// 16 more floats a line keep rows out of each other's cache sets, and take what a vector writes too much.
#define LINE (16 * CEIL(TAPS * BLOCK, 16) + 16)
#define SUMS_LINE (SLABS > 1 ? VECS * CEIL(COLS, WIDE) : VECS)

  LOCAL float band[BAND * LINE];
  LOCAL float16 sums[(SLABS > 1 ? BAND : MR) * SUMS_LINE];
#ifdef STATISTICS
  G_STATISTICS(CEIL(COLS, WIDE) * VECS)
#endif
  const int taps = taps_h * taps_w;
  const int bottom = min(first + BAND, rows);

#if SLABS > 1
  for (int i = 0; i < BAND * SUMS_LINE; i++) {
    sums[i] = (float16)(0.0f);
  }
#endif

  for (int tap = 0; tap < max(taps, 1); tap += TAPS) {
    for (int c0 = 0; c0 < CH; c0 += BLOCK) {
      const int count = min(TAPS, taps - tap);
      const int block = PARTS == 1 ? CH : min(BLOCK, CH - c0);
      const int depth = count * block;
      const bool last = tap + TAPS >= taps && c0 + BLOCK >= CH;

      // Whole register tiles: rows beyond the last pixel are that pixel's once more.
      for (int row = 0; row < MR * CEIL(bottom - first, MR); row++) {
        LOCAL float* to = band + row * LINE;
        const int m = min(first + row, bottom - 1);
        const int n = m / (out_h * out_w);
        const int i = (m - n * out_h * out_w) / out_w;
        const int j = m - (n * out_h + i) * out_w;
        const int h0 = ROW_H(i);
        const int w0 = ROW_W(j);
        int tap_h = tap / max(taps_w, 1);
        int tap_w = tap - tap_h * taps_w;
        for (int t = 0; t < count; t++) {
          const int h = h0 + tap_h * STEP_H;
          const int w = w0 + tap_w * STEP_W;
          if (h >= 0 && h < IN_H && w >= 0 && w < IN_W) {
            const int pixel = (n * IN_H + h) * IN_W + w;
            int c = 0;
            for (; c + 16 <= block; c += 16) {
              vstore16(READ16(pixel, g * CH + c0 + c), 0, to + c);
            }
#if CH >= 16
            if (c < block) {
              c = block - 16;
              vstore16(READ16(pixel, g * CH + c0 + c), 0, to + c);
            }
#else
            for (; c < block; c++) {
              to[c] = READ(pixel, g * CH + c0 + c);
            }
#endif
          } else {
            for (int c = 0; c < block; c += 16) {
              vstore16((float16)(0.0f), 0, to + c);
            }
          }
          to += block;
          if (++tap_w == taps_w) {
            tap_w = 0;
            tap_h++;
          }
        }
      }

      for (int column = 0; column < COLS; column += WIDE) {
        GLOBAL const float* panel = filters + (size_t)(column / WIDE) * PANEL_STEP + ((size_t)tap * CH + c0) * WIDE;
        for (int row = first; row < bottom; row += MR) {
          LOCAL const float* ap = band + (row - first) * LINE;
          LOCAL float16* tile = SLABS > 1 ? sums + (row - first) * SUMS_LINE + column / 16 : sums;
          float16 sum[MR][VECS];
#if SLABS > 1
          G_LOAD_SUMS(sum, MR, tile, SUMS_LINE)
#else
          G_ZERO_SUMS(sum, MR)
#endif
          G_ADD_PRODUCTS(sum, MR, ap, LINE, 1, depth, vload16(d * VECS + x, panel))
          G_STORE_SUMS(sum, MR, tile, SUMS_LINE)
          if (!last) {
            continue;
          }
#ifdef STATISTICS
          for (int v = 0; v < VECS; v++) {
            LOCAL const float16* from = tile + v;
            const int own = min(MR, bottom - row);
            if (row == first) {
              float16 all = (float16)(0.0f);
              for (int m = 0; m < own; m++) {
                all += from[m * SUMS_LINE];
              }
              G_SET_MIDDLE(column / 16 + v, all, own);
            }
            for (int m = 0; m < own; m++) {
              G_MEASURE(column / 16 + v, from[m * SUMS_LINE])
            }
          }
#endif
          // A hook's code is long: it appears once, in a loop over sums that were put down.
          for (int m = row; m < min(row + MR, bottom); m++) {
            const int n = m / (out_h * out_w);
            const int i = (m - n * out_h * out_w) / out_w;
            const int pixel = PIXEL(n, i, m - (n * out_h + i) * out_w);
            LOCAL const float16* from = tile + (m - row) * SUMS_LINE;
            for (int c = column; c < min(column + WIDE, COLS); c += 16, from++) {
#if COLS >= 16
              if (c + 16 <= COLS) {
                WRITE16(pixel, g * COLS + c, *from);
                continue;
              }
#endif
#if COLS % 16 != 0
              for (int lane = 0; lane < COLS % 16; lane++) {
                WRITE(pixel, g * COLS + c + lane, ((LOCAL const float*)from)[lane]);
              }
#endif
            }
          }
        }
      }
    }
  }
#ifdef STATISTICS
  G_COUNT(max(bottom - first, 0));
  if (g == 0) {
    G_PUT_PIXELS(GROUP_X);
  }
  for (int c = 0; c < COLS; c += 16) {
    G_PUT_STATISTICS(GROUP_X, c / 16, g * COLS + c, min(16, COLS - c))
  }
#endif
