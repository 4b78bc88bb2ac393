// SPDX-License-Identifier: Apache-2.0
package gander.graph.workload;

import gander.graph.op.Conv2d;
import gander.graph.op.Conv2dFilter;
import gander.graph.op.Conv2dInput;
import gander.graph.op.Convolution;
import gander.graph.op.Values;
import java.util.Arrays;
import java.util.function.IntBinaryOperator;

/**
 * What a convolution sums, in magnitude, where it is computed by Winograd's minimal filtering
 * (Lavin and Gray 2016): {@code y = A [(G g) (B d)]} along both axes, so that products of
 * neighbouring results are summed together and those that belong elsewhere cancel. Rounding grows
 * with {@code |A| [(|G| |g|) (|B| |d|)]}, which is computed here as the kernels compute the
 * convolution, on the same tiles.
 *
 * <p>A stride cuts the image into shares, each with every stride-th tap; seen from x, into classes
 * of pixels. The gradient of the filters has taps as results and a tile of y as the filter.
 */
final class WinogradSizes {
  private final Convolution conv;
  private final Convolution.Extents e;
  private final int stride;
  private final int tile;

  /** Taps along an axis of one share. */
  private final int taps;

  private final int edge;
  private final WinogradMatrices matrices;

  /**
   * @param tile pixels along each axis
   */
  WinogradSizes(Convolution conv, Convolution.Extents e, int tile) {
    this(conv, e, tile, matrices(conv, e, tile).absolute());
  }

  /** With the signed matrices it computes the convolution itself. */
  WinogradSizes(Convolution conv, Convolution.Extents e, int tile, WinogradMatrices matrices) {
    this.conv = conv;
    this.e = e;
    this.tile = tile;
    stride = e.window().strideH();
    taps = e.r() / stride;
    edge = tile + taps - 1;
    this.matrices = matrices;
  }

  static WinogradMatrices matrices(Convolution conv, Convolution.Extents e, int tile) {
    int taps = e.r() / e.window().strideH();
    return conv instanceof Conv2dFilter
        ? WinogradMatrices.of(taps, tile)
        : WinogradMatrices.of(tile, taps);
  }

  /**
   * Roundings on the way of a product: those of its sum, and in each of three turns of a square.
   */
  int roundings() {
    int depth =
        switch (conv) {
          case Conv2d forward -> stride * stride * e.c();
          case Conv2dInput input -> e.k();
          case Conv2dFilter filter -> e.n() * ceil(e.p(), tile) * ceil(e.q(), tile);
        };
    return depth + 6 * (edge + 2);
  }

  /**
   * Whole numbers of sizes up to this part of 2^24 stay exact: squares of halves are quarters, and
   * with more points than 0, 1, -1 and infinity there are thirds.
   */
  double exactPart() {
    return edge <= 4 ? 0.25 : 0;
  }

  /**
   * Sizes of the op's outputs.
   *
   * @param a magnitudes of its first operand; {@code b} of its second
   */
  double[] of(Values a, Values b) {
    return switch (conv) {
      case Conv2d forward -> forward(a, b);
      case Conv2dInput input -> input(a, b);
      case Conv2dFilter filter -> filter(a, b);
    };
  }

  private static int ceil(int a, int b) {
    return (a + b - 1) / b;
  }

  private static double at(Values image, int n, int h, int w, int c) {
    boolean inside = h >= 0 && h < image.shape().dim(1) && w >= 0 && w < image.shape().dim(2);
    return inside
        ? image
            .data()[
            ((n * image.shape().dim(1) + h) * image.shape().dim(2) + w) * image.shape().dim(3) + c]
        : 0;
  }

  /** The points of the squares of an image: {@code [channels, edge * edge]}. */
  private double[][] points(Values image, int n, int h, int w, int step) {
    var points = new double[image.shape().dim(3)][];
    for (int c = 0; c < points.length; c++) {
      var square = new double[edge][edge];
      for (int i = 0; i < edge; i++) {
        for (int j = 0; j < edge; j++) {
          square[i][j] = at(image, n, h + i * step, w + j * step, c);
        }
      }
      points[c] = WinogradMatrices.turn(matrices.data(), square);
    }
    return points;
  }

  /**
   * The points of one share of the filters, {@code [channels read, channels made, edge * edge]}.
   *
   * @param tap the tap along an axis, by share and place in the square
   */
  private double[][][] filters(
      Values w, int shareH, int shareW, IntBinaryOperator tap, boolean input) {
    int read = input ? e.k() : e.c();
    int made = input ? e.c() : e.k();
    var filters = new double[read][made][];
    for (int i = 0; i < read; i++) {
      for (int o = 0; o < made; o++) {
        var square = new double[taps][taps];
        for (int r = 0; r < taps; r++) {
          for (int s = 0; s < taps; s++) {
            int row = tap.applyAsInt(shareH, r) * e.s() + tap.applyAsInt(shareW, s);
            square[r][s] = w.data()[(row * e.c() + (input ? o : i)) * e.k() + (input ? i : o)];
          }
        }
        filters[i][o] = WinogradMatrices.turn(matrices.filter(), square);
      }
    }
    return filters;
  }

  private static void addProducts(double[] sums, double[] a, double[] b) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += a[i] * b[i];
    }
  }

  private double[] forward(Values x, Values w) {
    var shares = new double[stride * stride][][][];
    for (int share = 0; share < shares.length; share++) {
      shares[share] =
          filters(w, share / stride, share % stride, (own, t) -> t * stride + own, false);
    }
    var sizes = new double[e.n() * e.p() * e.q() * e.k()];
    for (int n = 0; n < e.n(); n++) {
      for (int top = 0; top < e.p(); top += tile) {
        for (int left = 0; left < e.q(); left += tile) {
          var sums = new double[e.k()][edge * edge];
          for (int share = 0; share < shares.length; share++) {
            int h = top * stride - e.window().padH() + share / stride;
            int v = left * stride - e.window().padW() + share % stride;
            addChannels(sums, points(x, n, h, v, stride), shares[share]);
          }
          store(sums, sizes, n, e.p(), e.q(), top, left, 1, 0, 0);
        }
      }
    }
    return sizes;
  }

  private double[] input(Values y, Values w) {
    int padH = e.window().padH();
    int padW = e.window().padW();
    var sizes = new double[e.n() * e.h() * e.w() * e.c()];
    for (int classH = 0; classH < stride; classH++) {
      for (int classW = 0; classW < stride; classW++) {
        int ownH = classH + padH;
        int ownW = classW + padW;
        double[][][] filters =
            filters(w, ownH, ownW, (own, t) -> own % stride + (taps - 1 - t) * stride, true);
        for (int n = 0; n < e.n(); n++) {
          for (int top = 0; top * stride + classH < e.h(); top += tile) {
            for (int left = 0; left * stride + classW < e.w(); left += tile) {
              var sums = new double[e.c()][edge * edge];
              int p = top + ownH / stride - (taps - 1);
              int q = left + ownW / stride - (taps - 1);
              addChannels(sums, points(y, n, p, q, 1), filters);
              store(sums, sizes, n, e.h(), e.w(), top, left, stride, classH, classW);
            }
          }
        }
      }
    }
    return sizes;
  }

  private static void addChannels(double[][] sums, double[][] points, double[][][] filters) {
    for (int i = 0; i < points.length; i++) {
      for (int o = 0; o < sums.length; o++) {
        addProducts(sums[o], points[i], filters[i][o]);
      }
    }
  }

  /** Turns the sums of a tile back, to pixels {@code step} apart. */
  private void store(
      double[][] sums,
      double[] sizes,
      int n,
      int height,
      int width,
      int top,
      int left,
      int step,
      int classH,
      int classW) {
    for (int o = 0; o < sums.length; o++) {
      double[] made = WinogradMatrices.turn(matrices.sums(), square(sums[o]));
      for (int m = 0; m < tile * tile; m++) {
        int h = (top + m / tile) * step + classH;
        int w = (left + m % tile) * step + classW;
        if (h < height && w < width) {
          sizes[((n * height + h) * width + w) * sums.length + o] = made[m];
        }
      }
    }
  }

  private double[][] square(double[] points) {
    var square = new double[edge][];
    for (int i = 0; i < edge; i++) {
      square[i] = Arrays.copyOfRange(points, i * edge, (i + 1) * edge);
    }
    return square;
  }

  private double[] filter(Values x, Values y) {
    var sizes = new double[e.r() * e.s() * e.c() * e.k()];
    for (int share = 0; share < stride * stride; share++) {
      var sums = new double[e.c()][e.k()][edge * edge];
      for (int n = 0; n < e.n(); n++) {
        for (int top = 0; top < e.p(); top += tile) {
          for (int left = 0; left < e.q(); left += tile) {
            int h = top * stride - e.window().padH() + share / stride;
            int w = left * stride - e.window().padW() + share % stride;
            addOuter(sums, points(x, n, h, w, stride), tiles(y, n, top, left));
          }
        }
      }
      for (int c = 0; c < e.c(); c++) {
        for (int k = 0; k < e.k(); k++) {
          double[] made = WinogradMatrices.turn(matrices.sums(), square(sums[c][k]));
          for (int m = 0; m < taps * taps; m++) {
            int r = m / taps * stride + share / stride;
            int s = m % taps * stride + share % stride;
            sizes[((r * e.s() + s) * e.c() + c) * e.k() + k] = made[m];
          }
        }
      }
    }
    return sizes;
  }

  private double[][] tiles(Values y, int n, int top, int left) {
    var points = new double[e.k()][];
    for (int k = 0; k < points.length; k++) {
      var square = new double[tile][tile];
      for (int i = 0; i < tile; i++) {
        for (int j = 0; j < tile; j++) {
          square[i][j] = at(y, n, top + i, left + j, k);
        }
      }
      points[k] = WinogradMatrices.turn(matrices.filter(), square);
    }
    return points;
  }

  private static void addOuter(double[][][] sums, double[][] a, double[][] b) {
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b.length; j++) {
        addProducts(sums[i][j], a[i], b[j]);
      }
    }
  }
}
