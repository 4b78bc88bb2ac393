// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import gander.models.data.ImageShape;
import gander.models.data.Range;
import gander.runtime.GanderException;
import java.util.Arrays;

/**
 * Lays pictures out in rows and columns on one sheet.
 *
 * @param rows rows of pictures
 * @param columns pictures in a row
 * @param scale each pixel becomes {@code scale x scale} pixels
 */
public record SampleGrid(int rows, int columns, int scale) {
  /** Pixels between pictures and round the sheet. */
  static final int GAP = 2;

  /** Dark enough to frame white pictures, bright enough to frame black ones. */
  private static final byte GAP_LEVEL = 64;

  public SampleGrid {
    if (rows < 1 || columns < 1 || scale < 1) {
      throw new IllegalArgumentException(rows + "x" + columns + " at scale " + scale);
    }
  }

  /** A sheet nearly square for that many pictures, small ones enlarged so that they can be seen. */
  public static SampleGrid of(int count, ImageShape shape) {
    int columns = (int) Math.ceil(Math.sqrt(count));
    int rows = Math.ceilDiv(count, columns);
    return new SampleGrid(rows, columns, Math.max(1, 64 / Math.max(shape.height(), shape.width())));
  }

  /** How many pictures fit. */
  public int capacity() {
    return rows * columns;
  }

  /**
   * A PNG of the first pictures of {@code [n,H,W,C]}; places without a picture stay empty. Values
   * beyond the range are cut off, NaN is black.
   *
   * @throws GanderException if the pictures have neither 1 nor 3 channels
   */
  public byte[] png(float[] images, ImageShape shape, Range range) {
    int channels = shape.channels();
    if (channels != 1 && channels != 3) {
      throw new GanderException(
          "images of %s cannot be drawn: a picture has 1 channel (grey) or 3 (RGB)"
              .formatted(shape));
    }
    int height = rows * (shape.height() * scale + GAP) + GAP;
    int width = columns * (shape.width() * scale + GAP) + GAP;
    var sheet = new byte[Math.multiplyExact(Math.multiplyExact(height, width), channels)];
    Arrays.fill(sheet, GAP_LEVEL);
    int count = Math.min(capacity(), images.length / shape.elems());
    for (int n = 0; n < count; n++) {
      int top = n / columns * (shape.height() * scale + GAP) + GAP;
      int left = n % columns * (shape.width() * scale + GAP) + GAP;
      for (int y = 0; y < shape.height() * scale; y++) {
        for (int x = 0; x < shape.width() * scale; x++) {
          int from = n * shape.elems() + (y / scale * shape.width() + x / scale) * channels;
          int to = ((top + y) * width + left + x) * channels;
          for (int c = 0; c < channels; c++) {
            sheet[to + c] = (byte) range.level(images[from + c]);
          }
        }
      }
    }
    return Png.encode(sheet, height, width, channels);
  }
}
