// SPDX-License-Identifier: Apache-2.0
package gander.runtime.catalogue;

import gander.runtime.MathMode;

/**
 * How a kernel makes its sums of products, which decides how far from the reference it may be.
 *
 * @param math how far operands are rounded first
 * @param tile pixels of a tile along each axis where a convolution is computed by Winograd's
 *     filtering, which adds what cancels again; 1 for sums of their own products alone
 */
public record Arithmetic(MathMode math, int tile) {
  /** Single precision, and nothing but the products themselves. */
  public static final Arithmetic PLAIN = new Arithmetic(MathMode.FP32, 1);
}
