// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.stream.IntStream;

/**
 * The sums of {@link Convolution} as loops over images, steps, taps and channels, for the
 * references; on all cores, each sum in one fixed order.
 */
final class ConvLoops {
  private final Convolution.Extents e;

  /** Channels of x and of y in a group. */
  private final int cs;

  private final int ks;

  ConvLoops(Convolution.Extents extents) {
    e = extents;
    cs = e.c() / e.window().groups();
    ks = e.k() / e.window().groups();
  }

  /** The row of the image under a tap of the filter; outside the image, -1. */
  private int row(int p, int r) {
    int h = p * e.window().strideH() - e.window().padH() + r * e.window().dilationH();
    return h < e.h() ? Math.max(h, -1) : -1;
  }

  private int column(int q, int s) {
    int w = q * e.window().strideW() - e.window().padW() + s * e.window().dilationW();
    return w < e.w() ? Math.max(w, -1) : -1;
  }

  private interface Term {
    /** One pair of pixels under one tap; offsets of their first channels, and of the tap's. */
    void add(int x, int y, int w);
  }

  /** All terms of one image's row of y, pixel by pixel, tap by tap. */
  private void row(int n, int p, Term term) {
    for (int q = 0; q < e.q(); q++) {
      int y = ((n * e.p() + p) * e.q() + q) * e.k();
      for (int r = 0; r < e.r(); r++) {
        for (int s = 0; s < e.s() && row(p, r) >= 0; s++) {
          if (column(q, s) >= 0) {
            int x = ((n * e.h() + row(p, r)) * e.w() + column(q, s)) * e.c();
            term.add(x, y, (r * e.s() + s) * cs * e.k());
          }
        }
      }
    }
  }

  /** y from x and w. */
  double[] result(double[] x, double[] w) {
    var y = new double[e.result().size()];
    IntStream.range(0, e.n() * e.p())
        .parallel()
        .forEach(line ->
            row(
                line / e.p(),
                line % e.p(),
                (atX, atY, atW) -> {
                  for (int g = 0; g < e.window().groups(); g++) {
                    for (int c = 0; c < cs; c++) {
                      double factor = x[atX + g * cs + c];
                      int from = atW + c * e.k() + g * ks;
                      for (int k = 0; k < ks; k++) {
                        y[atY + g * ks + k] += factor * w[from + k];
                      }
                    }
                  }
                }));
    return y;
  }

  /** x from y and w. */
  double[] image(double[] y, double[] w) {
    var x = new double[e.image().size()];
    IntStream.range(0, e.n())
        .parallel()
        .forEach(n -> {
          for (int p = 0; p < e.p(); p++) {
            row(
                n,
                p,
                (atX, atY, atW) -> {
                  for (int g = 0; g < e.window().groups(); g++) {
                    for (int c = 0; c < cs; c++) {
                      int from = atW + c * e.k() + g * ks;
                      double sum = 0;
                      for (int k = 0; k < ks; k++) {
                        sum += y[atY + g * ks + k] * w[from + k];
                      }
                      x[atX + g * cs + c] += sum;
                    }
                  }
                });
          }
        });
    return x;
  }

  /** w from x and y: every row of filters on its own, over all images in order. */
  double[] filters(double[] x, double[] y) {
    var w = new double[e.filters().size()];
    IntStream.range(0, e.r() * e.s() * cs)
        .parallel()
        .forEach(place -> {
          int r = place / cs / e.s();
          int s = place / cs % e.s();
          int c = place % cs;
          var sums = new double[e.k()];
          for (int n = 0; n < e.n(); n++) {
            for (int p = 0; p < e.p(); p++) {
              for (int q = 0; q < e.q() && row(p, r) >= 0; q++) {
                if (column(q, s) >= 0) {
                  int atX = ((n * e.h() + row(p, r)) * e.w() + column(q, s)) * e.c() + c;
                  addRow(sums, x, atX, y, ((n * e.p() + p) * e.q() + q) * e.k());
                }
              }
            }
          }
          System.arraycopy(sums, 0, w, place * e.k(), e.k());
        });
    return w;
  }

  private void addRow(double[] sums, double[] x, int atX, double[] y, int atY) {
    for (int g = 0; g < e.window().groups(); g++) {
      double factor = x[atX + g * cs];
      for (int k = g * ks; k < (g + 1) * ks; k++) {
        sums[k] += factor * y[atY + k];
      }
    }
  }
}
