// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import gander.runtime.GanderException;

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

  /**
   * An array {@code [count,H,W,C]} of zeros.
   *
   * @throws GanderException if Java has no such array, or no room for it
   */
  float[] array(int count) {
    double elems = (double) count * height * width * channels;
    if (elems > Integer.MAX_VALUE - 8) {
      throw new GanderException(
          "%d images of %s do not fit into one array: choose a smaller size"
              .formatted(count, this));
    }
    long heap = Runtime.getRuntime().maxMemory();
    if (elems * Float.BYTES > heap) {
      throw new GanderException(
          "%d images of %s take %.1f GiB, but Java has %.1f GiB: choose a smaller size, or give Java more (GANDER_JVM_FLAGS=-Xmx8g)"
              .formatted(count, this, elems * Float.BYTES / (1 << 30), heap / (double) (1 << 30)));
    }
    return new float[(int) elems];
  }

  @Override
  public String toString() {
    return height + "x" + width + "x" + channels;
  }
}
