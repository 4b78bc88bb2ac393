// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of a convolution with respect to its filters: images {@code [N,H,W,C]} and {@code
 * [N,P,Q,K]} to {@code [R,S,C/groups,K]},
 *
 * <pre>  w[r,s,c,k] = sum over n,p,q of x[n, p*strideH - padH + r*dilationH, ...] y[n,p,q,k]</pre>
 *
 * @param r rows of the filters; likewise {@code s} columns
 */
public record Conv2dFilter(Window window, int r, int s) implements Convolution {
  @Override
  public String name() {
    return "conv2d_filter";
  }

  @Override
  public Extents extents(List<Shape> inputs) {
    Shape x = inputs.get(0);
    Shape y = inputs.get(1);
    Convolution.checkRanks("image", x, "result", y);
    ShapeException.check(x.dim(0) == y.dim(0), "batches of %d and %d differ", x.dim(0), y.dim(0));
    int p = window.rows(x.dim(1), r);
    int q = window.columns(x.dim(2), s);
    ShapeException.check(
        p == y.dim(1) && q == y.dim(2),
        "a filter of %dx%d makes images of %dx%d, not of %dx%d",
        r,
        s,
        p,
        q,
        y.dim(1),
        y.dim(2));
    return new Extents(x.dim(0), x.dim(1), x.dim(2), x.dim(3), y.dim(3), r, s, p, q, window);
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    return List.of(extents(inputs).filters());
  }

  @Override
  public List<@Nullable Tensor> gradient(Node node, List<@Nullable Tensor> gradients) {
    Tensor dw = gradients.getFirst();
    if (dw == null) {
      return Arrays.asList(null, null);
    }
    Tensor x = node.input(0);
    Tensor y = node.input(1);
    return List.of(
        Node.of(new Conv2dInput(window, x.shape().dim(1), x.shape().dim(2)), y, dw),
        Node.of(new Conv2d(window), x, dw));
  }

  @Override
  public List<Values> reference(List<Values> inputs) {
    Extents e = extents(inputs.stream().map(Values::shape).toList());
    return List.of(
        new Values(
            e.filters(), new ConvLoops(e).filters(inputs.get(0).data(), inputs.get(1).data())));
  }

  @Override
  public Contract contract(List<Shape> inputs, List<Shape> outputs) {
    Extents e = extents(inputs);
    return e.contract(name())
        .input("x", e.n(), e.h(), e.w(), e.c())
        .input("y", e.n(), e.p(), e.q(), e.k())
        .hookedOutput("w", e.r() * e.s() * (e.c() / window.groups()), e.k())
        .build();
  }
}
