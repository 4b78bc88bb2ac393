// SPDX-License-Identifier: Apache-2.0
package gander.models.metric;

import gander.models.data.ImageShape;

/**
 * How sharp pictures are: the variance of the Laplacian over a picture's pixels (Pech-Pacheco et
 * al. 2000), blurred pictures having a small one. Taken of grey levels from 0 to 255, colours by
 * luma (ITU-R BT.601), with the four-neighbour Laplacian, inside the border of one pixel.
 */
final class Sharpness {
  private static final double LEVELS = 255;
  private static final double[] LUMA = {0.299, 0.587, 0.114};

  private Sharpness() {}

  /**
   * The mean over pictures of the variance of the Laplacian, in squared grey levels.
   *
   * @param images {@code [count,H,W,C]} in [0,1], H and W at least 3
   */
  static double mean(float[] images, ImageShape shape) {
    int count = images.length / shape.elems();
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += variance(grey(images, i * shape.elems(), shape), shape.height(), shape.width());
    }
    return sum / count;
  }

  private static double[] grey(float[] images, int from, ImageShape shape) {
    var grey = new double[shape.height() * shape.width()];
    int channels = shape.channels();
    for (int pixel = 0; pixel < grey.length; pixel++) {
      for (int c = 0; c < channels; c++) {
        double share = channels == 3 ? LUMA[c] : 1.0 / channels;
        grey[pixel] += LEVELS * share * images[from + pixel * channels + c];
      }
    }
    return grey;
  }

  private static double variance(double[] grey, int height, int width) {
    double sum = 0;
    double squares = 0;
    for (int y = 1; y < height - 1; y++) {
      for (int x = 1; x < width - 1; x++) {
        int at = y * width + x;
        double laplacian =
            grey[at - width] + grey[at + width] + grey[at - 1] + grey[at + 1] - 4 * grey[at];
        sum += laplacian;
        squares += laplacian * laplacian;
      }
    }
    double pixels = (height - 2.0) * (width - 2.0);
    double mean = sum / pixels;
    return squares / pixels - mean * mean;
  }
}
