// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

/** One picture's extents; its values lie row by row, channels innermost. */
public record ImageShape(int height, int width, int channels) {
  public ImageShape {
    if (height < 1 || width < 1 || channels < 1) {
      throw new IllegalArgumentException("shape " + height + "x" + width + "x" + channels);
    }
  }

  /** Values a picture has. */
  public int elems() {
    return Math.multiplyExact(Math.multiplyExact(height, width), channels);
  }

  @Override
  public String toString() {
    return height + "x" + width + "x" + channels;
  }
}
