// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

/** The largest part of a picture, in its middle, that has a target's aspect; in pixels. */
record Crop(int top, int left, int height, int width) {
  static Crop of(ImageShape shape, ImageShape target) {
    double scale =
        Math.min(
            (double) shape.height() / target.height(), (double) shape.width() / target.width());
    int height = side(target.height() * scale, shape.height());
    int width = side(target.width() * scale, shape.width());
    return new Crop((shape.height() - height) / 2, (shape.width() - width) / 2, height, width);
  }

  private static int side(double wanted, int most) {
    return Math.clamp(Math.round(wanted), 1, most);
  }
}
