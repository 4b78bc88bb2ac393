// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

/** Copies between row-major arrays and strided views of arrays, for the references. */
final class Strided {
  private final double[] view;
  private final double[] rows;
  private final int[] dims;
  private final int[] strides;
  private final boolean gather;
  private int place;

  private Strided(double[] view, double[] rows, int[] dims, int[] strides, boolean gather) {
    this.view = view;
    this.rows = rows;
    this.dims = dims;
    this.strides = strides;
    this.gather = gather;
  }

  /** Element {@code i} of the result is {@code data[offset + sum of i_k * strides_k]}. */
  static Values copy(double[] data, int offset, int[] strides, Shape shape) {
    var result = new double[shape.size()];
    new Strided(data, result, shape.dims(), strides, true).walk(0, offset);
    return new Values(shape, result);
  }

  /** The inverse: element {@code i} of {@code source} goes to that place of {@code target}. */
  static void scatter(Values source, double[] target, int offset, int[] strides) {
    new Strided(target, source.data(), source.shape().dims(), strides, false).walk(0, offset);
  }

  private void walk(int axis, int position) {
    if (axis >= dims.length - 1) {
      row(position, dims.length == 0 ? 1 : dims[axis], dims.length == 0 ? 0 : strides[axis]);
      return;
    }
    for (int i = 0; i < dims[axis]; i++) {
      walk(axis + 1, position + i * strides[axis]);
    }
  }

  private void row(int position, int count, int stride) {
    for (int i = 0; i < count; i++) {
      if (gather) {
        rows[place + i] = view[position + i * stride];
      } else {
        view[position + i * stride] = rows[place + i];
      }
    }
    place += count;
  }
}
