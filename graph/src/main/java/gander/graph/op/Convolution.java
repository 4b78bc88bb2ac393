// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.List;

/**
 * The convolution, its gradient with respect to the image (the transposed convolution) and its
 * gradient with respect to the filters. All three are the same sum of products
 *
 * <pre>  x[n, p*strideH - padH + r*dilationH, q*strideW - padW + s*dilationW, c] w[r,s,c,k]
 *  belongs to  y[n,p,q,k]</pre>
 *
 * over those terms whose x lies inside the image, seen from y, from x and from w; so they are
 * closed under differentiation: each one's gradients are the other two (Dumoulin and Visin 2016
 * draw the index arithmetic). With groups, channel {@code k} of y takes only the {@code C/groups}
 * channels of x that are in its group, and filters are {@code [R,S,C/groups,K]}.
 */
public sealed interface Convolution extends Op permits Conv2d, Conv2dInput, Conv2dFilter {
  Window window();

  /** All extents, from the shapes of this op's inputs. */
  Extents extents(List<Shape> inputs);

  @Override
  default String describe() {
    return (name() + " " + window()).strip();
  }

  @Override
  default Cost cost(List<Shape> inputs, List<Shape> outputs) {
    Extents e = extents(inputs);
    return Cost.streaming(2 * e.products(), inputs, outputs);
  }

  /**
   * The extents of a convolution: image {@code [N,H,W,C]}, filters {@code [R,S,C/groups,K]}, result
   * {@code [N,P,Q,K]}.
   */
  record Extents(int n, int h, int w, int c, int k, int r, int s, int p, int q, Window window) {
    public Extents {
      ShapeException.check(
          c % window.groups() == 0 && k % window.groups() == 0,
          "%d and %d channels do not divide into %d groups",
          c,
          k,
          window.groups());
    }

    Shape image() {
      return Shape.of(n, h, w, c);
    }

    Shape filters() {
      return Shape.of(r, s, c / window.groups(), k);
    }

    Shape result() {
      return Shape.of(n, p, q, k);
    }

    /** Products in a sum of an op of the family, at most. */
    public int terms(Convolution op) {
      int taps = r * s;
      return switch (op) {
        case Conv2d forward -> taps * (c / window.groups());
        case Conv2dInput input -> taps * (k / window.groups());
        case Conv2dFilter filter -> n * p * q;
      };
    }

    /** Multiplications, those with padding counted as well, as is the custom. */
    public long products() {
      return (long) n * p * q * r * s * (c / window.groups()) * k;
    }

    /** A contract with all extents; the arguments are still to be named. */
    Contract.Builder contract(String op) {
      return Contract.of(op)
          .dim("N", n)
          .dim("H", h)
          .dim("W", w)
          .dim("C", c)
          .dim("K", k)
          .dim("R", r)
          .dim("S", s)
          .dim("P", p)
          .dim("Q", q)
          .dim("SH", window.strideH())
          .dim("SW", window.strideW())
          .dim("PH", window.padH())
          .dim("PW", window.padW())
          .dim("DH", window.dilationH())
          .dim("DW", window.dilationW())
          .dim("G", window.groups());
    }
  }

  /** Checks ranks before extents are read. */
  static void checkRanks(String first, Shape a, String second, Shape b) {
    ShapeException.check(a.rank() == 4, "%s %s does not have 4 axes", first, a);
    ShapeException.check(b.rank() == 4, "%s %s does not have 4 axes", second, b);
  }
}
