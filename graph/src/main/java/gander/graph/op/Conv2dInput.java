// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of a convolution with respect to its images, which is the transposed convolution:
 * images {@code [N,P,Q,K]} and filters {@code [R,S,C/groups,K]} to {@code [N,H,W,C]},
 *
 * <pre>  x[n,h,w,c] = sum of y[n,p,q,k] w[r,s,c,k]  where  p*strideH - padH + r*dilationH = h, ...
 * </pre>
 *
 * @param h rows of the images that are made: with a stride several sizes are convolved to the same
 *     one, and this says which is meant; likewise {@code w}
 */
public record Conv2dInput(Window window, int h, int w) implements Convolution {
  @Override
  public String name() {
    return "conv2d_input";
  }

  @Override
  public Extents extents(List<Shape> inputs) {
    Shape y = inputs.get(0);
    Shape f = inputs.get(1);
    Convolution.checkRanks("image", y, "filter", f);
    ShapeException.check(
        y.dim(3) == f.dim(3),
        "an image of %d channels does not meet a filter for %d",
        y.dim(3),
        f.dim(3));
    int p = window.rows(h, f.dim(0));
    int q = window.columns(w, f.dim(1));
    ShapeException.check(
        p == y.dim(1) && q == y.dim(2),
        "an image of %dx%d is convolved to %dx%d, not to %dx%d",
        h,
        w,
        p,
        q,
        y.dim(1),
        y.dim(2));
    int c = f.dim(2) * window.groups();
    return new Extents(y.dim(0), h, w, c, f.dim(3), f.dim(0), f.dim(1), p, q, window);
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    return List.of(extents(inputs).image());
  }

  @Override
  public List<@Nullable Tensor> gradient(Node node, List<@Nullable Tensor> gradients) {
    Tensor dx = gradients.getFirst();
    if (dx == null) {
      return Arrays.asList(null, null);
    }
    Tensor y = node.input(0);
    Tensor f = node.input(1);
    return List.of(
        Node.of(new Conv2d(window), dx, f),
        Node.of(new Conv2dFilter(window, f.shape().dim(0), f.shape().dim(1)), dx, y));
  }

  @Override
  public List<Values> reference(List<Values> inputs) {
    Extents e = extents(inputs.stream().map(Values::shape).toList());
    return List.of(
        new Values(e.image(), new ConvLoops(e).image(inputs.get(0).data(), inputs.get(1).data())));
  }

  @Override
  public Contract contract(List<Shape> inputs, List<Shape> outputs) {
    Extents e = extents(inputs);
    return e.contract(name())
        .hookedInput("y", e.n() * e.p() * e.q(), e.k())
        .input("w", e.r(), e.s(), e.c() / window.groups(), e.k())
        .hookedOutput("x", e.n() * e.h() * e.w(), e.c())
        .build();
  }
}
