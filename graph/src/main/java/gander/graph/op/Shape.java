// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import gander.runtime.GanderException;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The extents of a tensor, outermost first; a scalar has none. Every extent is at least 1. */
public final class Shape {
  /** The shape of a single number. */
  public static final Shape SCALAR = new Shape(new int[0]);

  private final int[] dims;

  private Shape(int[] dims) {
    this.dims = dims;
  }

  /**
   * @throws GanderException if an extent is below 1, or there are 2^31 elements or more (kernels
   *     index with 32 bits)
   */
  public static Shape of(int... dims) {
    long size = 1;
    for (int dim : dims) {
      size = dim < 1 ? 0 : size * dim;
      if (size < 1 || size > Integer.MAX_VALUE) {
        throw new GanderException(
            "shape %s is not possible: extents are at least 1 and a tensor has fewer than 2^31 elements"
                .formatted(Arrays.toString(dims)));
      }
    }
    return new Shape(dims.clone());
  }

  public int rank() {
    return dims.length;
  }

  /** The extent of an axis; negative axes count from the end. */
  public int dim(int axis) {
    return dims[axis < 0 ? axis + dims.length : axis];
  }

  public int[] dims() {
    return dims.clone();
  }

  /** How many elements. */
  public int size() {
    return product(0, dims.length);
  }

  public long bytes() {
    return 4L * size();
  }

  /** The product of the extents of axes {@code from} (inclusive) to {@code to} (exclusive). */
  public int product(int from, int to) {
    int product = 1;
    for (int axis = from; axis < to; axis++) {
      product *= dims[axis];
    }
    return product;
  }

  /** Elements between neighbours along each axis, row-major. */
  public int[] strides() {
    var strides = new int[dims.length];
    int stride = 1;
    for (int axis = dims.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= dims[axis];
    }
    return strides;
  }

  /** This shape with another extent on one axis. */
  public Shape with(int axis, int dim) {
    int[] changed = dims.clone();
    changed[axis < 0 ? axis + dims.length : axis] = dim;
    return of(changed);
  }

  /** This shape with ones in front until it has {@code rank} axes. */
  public Shape padded(int rank) {
    int missing = rank - dims.length;
    return of(IntStream.range(0, rank).map(i -> i < missing ? 1 : dims[i - missing]).toArray());
  }

  /** The axes whose extent is not 1, in order. */
  public int[] properAxes() {
    return IntStream.range(0, dims.length).filter(axis -> dims[axis] != 1).toArray();
  }

  /** Equal once axes of extent 1 are dropped, so that elements correspond index by index. */
  public boolean sameProper(Shape other) {
    return Arrays.equals(
        Arrays.stream(dims).filter(d -> d != 1).toArray(),
        Arrays.stream(other.dims).filter(d -> d != 1).toArray());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  @Override
  public String toString() {
    return Arrays.stream(dims)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(",", "[", "]"));
  }
}
