// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import gander.models.data.ImageSize;
import gander.runtime.GanderException;

/**
 * How often a model halves images, and the extents of the smallest map: as often as the shorter
 * side stays at least 4, so that it ends with 4 to 7 pixels. 64x64 becomes 4x4, 64x96 4x6, 28x28
 * 7x7.
 *
 * @param rows of the smallest map
 * @param columns of the smallest map
 */
record Halvings(int levels, int rows, int columns) {
  private static final int SHORTEST = 16;
  private static final int LONGEST = 255;

  /**
   * @throws GanderException if the shorter side is not 16 to 255, or a side cannot be halved as
   *     often
   */
  static Halvings of(String model, ImageSize size) {
    int shorter = size.shorter();
    if (shorter < SHORTEST || shorter > LONGEST) {
      throw new GanderException(
          "model '%s' takes images whose shorter side has %d to %d pixels, not %s: give such a size with --size"
              .formatted(model, SHORTEST, LONGEST, size));
    }
    int levels = 31 - Integer.numberOfLeadingZeros(shorter / 4);
    requireMultiples(model, size, levels);
    return new Halvings(levels, size.height() >> levels, size.width() >> levels);
  }

  /**
   * @throws GanderException if a side cannot be halved so often
   */
  static void requireMultiples(String model, ImageSize size, int levels) {
    int multiple = 1 << levels;
    if (size.height() % multiple != 0 || size.width() % multiple != 0) {
      var nearest =
          new ImageSize(
              Math.ceilDiv(size.height(), multiple) * multiple,
              Math.ceilDiv(size.width(), multiple) * multiple);
      throw new GanderException(
          "model '%s' halves images of %s %d times and takes sides that are multiples of %d: give such a size with --size, as %s"
              .formatted(model, size, levels, multiple, nearest));
    }
  }
}
