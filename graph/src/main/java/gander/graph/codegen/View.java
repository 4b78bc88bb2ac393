// SPDX-License-Identifier: Apache-2.0
package gander.graph.codegen;

import gander.graph.op.Broadcast;
import gander.graph.op.Shape;
import gander.graph.op.Slice;
import java.util.Arrays;

/**
 * Where in a tensor the element for a point of the space is: for each axis of the tensor, an axis
 * of the space (or none, for an index that does not move) and an offset.
 */
record View(int[] axes, int[] offsets) {
  private static final int NONE = -1;

  /** A tensor whose axes of extent above 1 are the space's. */
  static View identity(Shape shape) {
    var axes = new int[shape.rank()];
    int next = 0;
    for (int axis = 0; axis < axes.length; axis++) {
      axes[axis] = shape.dim(axis) == 1 ? NONE : next++;
    }
    return new View(axes, new int[axes.length]);
  }

  /** The input of a broadcast whose output is seen through this. */
  View behind(Broadcast broadcast, Shape input) {
    int[] moved = axes.clone();
    int[] shifted = offsets.clone();
    for (int axis = 0; axis < moved.length; axis++) {
      if (input.dim(axis) != broadcast.shape().dim(axis)) {
        moved[axis] = NONE;
        shifted[axis] = 0;
      }
    }
    return new View(moved, shifted);
  }

  /** The input of a slice whose output is seen through this. */
  View behind(Slice slice) {
    int[] shifted = offsets.clone();
    shifted[slice.axis()] += slice.begin();
    return new View(axes, shifted);
  }

  /** The input of a reshape that only adds or drops axes of extent 1. */
  View behindReshape(Shape output, Shape input) {
    int[] from = output.properAxes();
    int[] to = input.properAxes();
    var moved = new int[input.rank()];
    Arrays.fill(moved, NONE);
    var shifted = new int[input.rank()];
    for (int k = 0; k < to.length; k++) {
      moved[to[k]] = axes[from[k]];
      shifted[to[k]] = offsets[from[k]];
    }
    return new View(moved, shifted);
  }

  /** Elements of a row-major tensor to move for each axis of the space. */
  int[] coefficients(Shape shape, int spaceRank) {
    int[] strides = shape.strides();
    var coefficients = new int[spaceRank];
    for (int axis = 0; axis < axes.length; axis++) {
      if (axes[axis] != NONE) {
        coefficients[axes[axis]] += strides[axis];
      }
    }
    return coefficients;
  }

  int offset(Shape shape) {
    int[] strides = shape.strides();
    int offset = 0;
    for (int axis = 0; axis < offsets.length; axis++) {
      offset += offsets[axis] * strides[axis];
    }
    return offset;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof View view
        && Arrays.equals(axes, view.axes)
        && Arrays.equals(offsets, view.offsets);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(axes) + Arrays.hashCode(offsets);
  }
}
