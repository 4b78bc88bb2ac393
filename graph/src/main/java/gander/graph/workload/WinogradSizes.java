// SPDX-License-Identifier: Apache-2.0
package gander.graph.workload;

import gander.graph.op.Conv2dFilter;
import gander.graph.op.Conv2dInput;
import gander.graph.op.Convolution;
import gander.graph.op.Values;
import gander.graph.op.Window;
import java.util.Arrays;
import java.util.List;

/**
 * What a convolution sums, in magnitude, where it may be computed by Winograd's minimal filtering
 * (Lavin and Gray 2016) with tiles of two: 3x3 filters, and 4x4 at stride 2, which is 2x2 on each
 * of four shares of the image. There the products of neighbouring results are summed together and
 * those that belong elsewhere cancel, so that rounding grows with all of them.
 *
 * <p>Along one axis the matrices of {@code y = A [(G g) (B d)]} have the points 0, 1, -1 and
 * infinity; the entries of {@code |A| |G| |B|} are at most 2 for each pair of a number and a tap, 4
 * along both axes. Pairs that no result of the tile has do not occur. A tile's other results are at
 * most one step away.
 */
final class WinogradSizes {
  private static final int GROWTH = 4;

  private WinogradSizes() {}

  /** Whether kernels may compute it so. */
  static boolean apply(Convolution.Extents e) {
    Window window = e.window();
    boolean square =
        e.r() == e.s()
            && window.strideH() == window.strideW()
            && window.dilationH() == 1
            && window.dilationW() == 1
            && window.groups() == 1;
    return square
        && ((e.r() == 3 && window.strideH() == 1) || (e.r() == 4 && window.strideH() == 2));
  }

  /**
   * Sizes of an op's outputs.
   *
   * @param a magnitudes of its first operand; {@code b} of its second
   */
  static double[] of(Convolution conv, Convolution.Extents e, Values a, Values b) {
    int stride = e.window().strideH();
    if (conv instanceof Conv2dFilter) {
      double[] sums = conv.reference(List.of(a, b)).getFirst().data();
      return scaled(shares(sums, e.r(), e.c() * e.k(), stride));
    }
    var taps = new Values(b.shape(), shares(b.data(), e.r(), e.c() * e.k(), stride));
    Values sums = conv.reference(List.of(a, taps)).getFirst();
    // Tiles of the transposed convolution lie within a class of pixels, a stride apart.
    return scaled(neighbours(sums, conv instanceof Conv2dInput ? stride : 1));
  }

  private static double[] scaled(double[] sums) {
    return Arrays.stream(sums).map(sum -> GROWTH * sum).toArray();
  }

  /** For each tap {@code [size,size,width]} the sum over the taps of its share. */
  private static double[] shares(double[] taps, int size, int width, int stride) {
    var sums = new double[taps.length];
    for (int r = 0; r < size; r++) {
      for (int s = 0; s < size; s++) {
        for (int r2 = r % stride; r2 < size; r2 += stride) {
          for (int s2 = s % stride; s2 < size; s2 += stride) {
            add(sums, (r * size + s) * width, taps, (r2 * size + s2) * width, width);
          }
        }
      }
    }
    return sums;
  }

  /** For each pixel the sum over itself and those a step away. */
  private static double[] neighbours(Values image, int step) {
    int n = image.shape().dim(0);
    int h = image.shape().dim(1);
    int w = image.shape().dim(2);
    int c = image.shape().dim(3);
    var sums = new double[image.data().length];
    for (int row = 0; row < n * h; row++) {
      for (int column = 0; column < w; column++) {
        for (int i = -step; i <= step; i += step) {
          for (int j = -step; j <= step; j += step) {
            boolean inside =
                row % h + i >= 0 && row % h + i < h && column + j >= 0 && column + j < w;
            if (inside) {
              int from = ((row + i) * w + column + j) * c;
              add(sums, (row * w + column) * c, image.data(), from, c);
            }
          }
        }
      }
    }
    return sums;
  }

  private static void add(double[] to, int at, double[] from, int begin, int count) {
    for (int i = 0; i < count; i++) {
      to[at + i] += from[begin + i];
    }
  }
}
