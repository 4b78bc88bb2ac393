// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The convolution of images {@code [N,H,W,C]} with filters {@code [R,S,C/groups,K]}:
 *
 * <pre>  y[n,p,q,k] = sum over r,s,c of x[n, p*strideH - padH + r*dilationH, ...] w[r,s,c,k]</pre>
 *
 * with zeros around the image (a cross-correlation, as everywhere in the field).
 */
public record Conv2d(Window window) implements Convolution {
  @Override
  public String name() {
    return "conv2d";
  }

  @Override
  public Extents extents(List<Shape> inputs) {
    Shape x = inputs.get(0);
    Shape w = inputs.get(1);
    Convolution.checkRanks("image", x, "filter", w);
    ShapeException.check(
        x.dim(3) == w.dim(2) * window.groups(),
        "an image of %d channels is not one of %d groups of %d, as the filter has",
        x.dim(3),
        window.groups(),
        w.dim(2));
    int p = window.rows(x.dim(1), w.dim(0));
    int q = window.columns(x.dim(2), w.dim(1));
    return new Extents(
        x.dim(0), x.dim(1), x.dim(2), x.dim(3), w.dim(3), w.dim(0), w.dim(1), p, q, window);
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    return List.of(extents(inputs).result());
  }

  @Override
  public List<@Nullable Tensor> gradient(Node node, List<@Nullable Tensor> gradients) {
    Tensor dy = gradients.getFirst();
    if (dy == null) {
      return Arrays.asList(null, null);
    }
    Tensor x = node.input(0);
    Tensor w = node.input(1);
    return List.of(
        Node.of(new Conv2dInput(window, x.shape().dim(1), x.shape().dim(2)), dy, w),
        Node.of(new Conv2dFilter(window, w.shape().dim(0), w.shape().dim(1)), x, dy));
  }

  @Override
  public List<Values> reference(List<Values> inputs) {
    Extents e = extents(inputs.stream().map(Values::shape).toList());
    return List.of(
        new Values(
            e.result(), new ConvLoops(e).result(inputs.get(0).data(), inputs.get(1).data())));
  }

  @Override
  public Contract contract(List<Shape> inputs, List<Shape> outputs) {
    Extents e = extents(inputs);
    return e.contract(name())
        .hookedInput("x", e.n() * e.h() * e.w(), e.c())
        .input("w", e.r(), e.s(), e.c() / window.groups(), e.k())
        .hookedOutput("y", e.n() * e.p() * e.q(), e.k())
        .build();
  }
}
