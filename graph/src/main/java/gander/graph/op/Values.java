// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

/**
 * A tensor's elements on the host, in double precision: what the reference computes with.
 *
 * @param data row-major, as many as the shape says; not copied, not to be changed once handed over
 */
public record Values(Shape shape, double[] data) {
  public Values {
    if (data.length != shape.size()) {
      throw new IllegalArgumentException(data.length + " values for shape " + shape);
    }
  }

  public static Values zeros(Shape shape) {
    return new Values(shape, new double[shape.size()]);
  }

  public static Values scalar(double value) {
    return new Values(Shape.SCALAR, new double[] {value});
  }

  /** The only element of a tensor of one element. */
  public double value() {
    if (data.length != 1) {
      throw new IllegalStateException("a tensor of shape " + shape + " is not one number");
    }
    return data[0];
  }
}
