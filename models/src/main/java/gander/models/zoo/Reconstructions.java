// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.runtime.GanderException;

/** How a sheet shows what comes back of images. */
final class Reconstructions {
  /** Images in a row. */
  static final int COLUMNS = 8;

  private Reconstructions() {}

  /**
   * @param count images that are asked for
   * @throws GanderException if they are less than a row
   */
  static void requireRow(int count) {
    if (count < COLUMNS) {
      throw new GanderException(
          "a sheet of a model that gives images back has rows of %d: ask for %d images or more, not %d"
              .formatted(COLUMNS, COLUMNS, count));
    }
  }

  /**
   * Rows of images, each followed by the row of what comes back: {@code [2 * count, pixels]}.
   *
   * @param seen images, {@code count} of them, whole rows
   * @param back as many
   */
  static Tensor rows(Tensor seen, Tensor back) {
    int count = seen.shape().dim(0);
    int pixels = seen.shape().size() / count;
    Shape row = Shape.of(count / COLUMNS, COLUMNS, pixels);
    Tensor both = Ops.concat(1, Ops.reshape(seen, row), Ops.reshape(back, row));
    return Ops.reshape(both, Shape.of(2 * count, pixels));
  }
}
