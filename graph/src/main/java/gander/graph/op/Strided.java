// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

/** Copies between row-major arrays and strided views of arrays, for the references. */
final class Strided {
  private Strided() {}

  /** Element {@code i} of the result is {@code data[offset + sum of i_k * strides_k]}. */
  static Values copy(double[] data, int offset, int[] strides, Shape shape) {
    var result = new double[shape.size()];
    int[] place = {0};
    walk(shape, strides, 0, offset, at -> result[place[0]++] = data[at]);
    return new Values(shape, result);
  }

  /** The inverse: element {@code i} of {@code source} goes to that place of {@code target}. */
  static void scatter(Values source, double[] target, int offset, int[] strides) {
    int[] place = {0};
    walk(source.shape(), strides, 0, offset, at -> target[at] = source.data()[place[0]++]);
  }

  private interface Visit {
    void at(int position);
  }

  private static void walk(Shape shape, int[] strides, int axis, int position, Visit visit) {
    if (axis == shape.rank()) {
      visit.at(position);
      return;
    }
    for (int i = 0; i < shape.dim(axis); i++) {
      walk(shape, strides, axis + 1, position + i * strides[axis], visit);
    }
  }
}
