// SPDX-License-Identifier: Apache-2.0
package gander.models.data;

import gander.runtime.GanderException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A labelled set that needs no files: ten kinds of glyph drawn with a round pen, bright on dark,
 * each with its own shape, stroke width, slant, bend, scale and place. Picture {@code n} is a pure
 * function of (seed, n, size) and has the class {@code n % 10}. Only correctly rounded operations
 * and {@link StrictMath} are used: the same bytes on every machine.
 */
public final class Strokes {
  /** Height and width unless another size is asked for. */
  public static final int SIZE = 28;

  private static final int SMALLEST = 8;
  private static final Glyph[] GLYPHS = Glyph.values();

  private Strokes() {}

  /** The names of the classes, by label. */
  public static List<String> classNames() {
    return Arrays.stream(GLYPHS).map(glyph -> glyph.name().toLowerCase(Locale.ROOT)).toList();
  }

  /** Square pictures. */
  public static DataSet make(long seed, long first, int count, int side, Range range) {
    return make(seed, first, count, ImageSize.square(side), range);
  }

  /**
   * Draws the pictures {@code first .. first+count-1} of a seed, on all cores; where they are not
   * square, a glyph is as large as on a square of the shorter side.
   *
   * @throws GanderException if the set would be empty or too large, or the pictures too small to
   *     tell the glyphs apart
   */
  public static DataSet make(long seed, long first, int count, ImageSize size, Range range) {
    if (count < 1) {
      throw new GanderException("strokes: the count must be at least 1, not " + count);
    }
    if (size.shorter() < SMALLEST) {
      throw new GanderException(
          "strokes: the size must be at least %d, not %s".formatted(SMALLEST, size));
    }
    if ((double) count * size.height() * size.width() > Integer.MAX_VALUE - 8) {
      throw new GanderException(
          "strokes: %d pictures of %dx%d do not fit into one array: choose a smaller size or count"
              .formatted(count, size.height(), size.width()));
    }
    var shape = new ImageShape(size.height(), size.width(), 1);
    int elems = shape.elems();
    var images = new float[count * elems];
    var labels = new int[count];
    float[] values = range.table();
    IntStream.range(0, count)
        .parallel()
        .forEach(i -> {
          byte[] levels = draw(seed, first + i, size);
          for (int p = 0; p < elems; p++) {
            images[i * elems + p] = values[levels[p] & 0xff];
          }
          labels[i] = label(first + i);
        });
    return new DataSet(DataSets.STROKES, range, shape, images, labels, classNames());
  }

  /** The levels of one picture, row by row. */
  static byte[] draw(long seed, long element, ImageSize size) {
    var draws = new Draws(seed, Draws.STROKES, element);
    var pen = new Pen(size, draws);
    GLYPHS[label(element)].draw(pen, draws);
    return pen.levels();
  }

  private static int label(long element) {
    return Math.floorMod(element, GLYPHS.length);
  }
}
