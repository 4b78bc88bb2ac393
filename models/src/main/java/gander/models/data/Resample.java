// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import java.util.stream.IntStream;

/**
 * Resizing with a triangle filter, along x and then along y. When a picture shrinks the filter
 * widens with it, so that every source pixel counts and nothing aliases; when it grows this is
 * bilinear interpolation. Values stay within the range they came from.
 */
final class Resample {
  private Resample() {}

  /** The rows of a picture, {@code [W,C]} each, read once and in order. */
  @FunctionalInterface
  interface Rows {
    void read(int y, float[] into);
  }

  /** Resizes a part of each of {@code [count,H,W,C]}, on all cores. */
  static float[] images(float[] images, int count, ImageShape whole, Crop crop, ImageShape to) {
    var from = new ImageShape(crop.height(), crop.width(), whole.channels());
    double[][] across = weights(from.width(), to.width());
    double[][] down = weights(from.height(), to.height());
    float[] result = to.array(count);
    int wholeRow = whole.width() * whole.channels();
    int corner = crop.top() * wholeRow + crop.left() * whole.channels();
    int row = from.width() * from.channels();
    IntStream.range(0, count)
        .parallel()
        .forEach(i -> {
          int at = i * whole.elems() + corner;
          Rows rows = (y, into) -> System.arraycopy(images, at + y * wholeRow, into, 0, row);
          image(rows, from, across, down, result, i * to.elems(), to);
        });
    return result;
  }

  /** Resizes one picture to {@code to}, which has as many channels, and writes it at a place. */
  static void image(Rows rows, ImageShape from, float[] out, int outAt, ImageShape to) {
    double[][] across = weights(from.width(), to.width());
    double[][] down = weights(from.height(), to.height());
    image(rows, from, across, down, out, outAt, to);
  }

  private static void image(
      Rows in,
      ImageShape from,
      double[][] across,
      double[][] down,
      float[] out,
      int outAt,
      ImageShape to) {
    int c = to.channels();
    var row = new float[from.width() * c];
    var rows = new double[from.height() * to.width() * c];
    for (int y = 0; y < from.height(); y++) {
      in.read(y, row);
      for (int x = 0; x < to.width(); x++) {
        double[] w = across[x];
        for (int k = 0; k < c; k++) {
          double sum = 0;
          for (int i = 0; i < w.length - 1; i++) {
            sum += w[i + 1] * row[((int) w[0] + i) * c + k];
          }
          rows[(y * to.width() + x) * c + k] = sum;
        }
      }
    }
    int stride = to.width() * c;
    for (int y = 0; y < to.height(); y++) {
      double[] w = down[y];
      for (int x = 0; x < stride; x++) {
        double sum = 0;
        for (int i = 0; i < w.length - 1; i++) {
          sum += w[i + 1] * rows[((int) w[0] + i) * stride + x];
        }
        out[outAt + y * stride + x] = (float) sum;
      }
    }
  }

  /** Per target pixel: the first source pixel it sees, then the weights, which sum to 1. */
  private static double[][] weights(int from, int to) {
    double scale = (double) from / to;
    double reach = Math.max(1, scale);
    var all = new double[to][];
    for (int t = 0; t < to; t++) {
      double centre = (t + 0.5) * scale;
      int first = Math.max(0, (int) Math.ceil(centre - reach - 0.5));
      int last = Math.min(from - 1, (int) Math.floor(centre + reach - 0.5));
      var w = new double[last - first + 2];
      w[0] = first;
      double sum = 0;
      for (int s = first; s <= last; s++) {
        w[s - first + 1] = Math.max(0, 1 - Math.abs(s + 0.5 - centre) / reach);
        sum += w[s - first + 1];
      }
      for (int i = 1; i < w.length; i++) {
        w[i] /= sum;
      }
      all[t] = w;
    }
    return all;
  }
}
