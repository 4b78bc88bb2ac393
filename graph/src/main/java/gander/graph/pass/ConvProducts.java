// SPDX-License-Identifier: Apache-2.0
package gander.graph.pass;

import gander.graph.op.Conv2d;
import gander.graph.op.Conv2dFilter;
import gander.graph.op.Conv2dInput;
import gander.graph.op.Convolution;
import gander.graph.op.Node;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Window;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions that are matrix products as they lie in memory: 1x1 filters, which see every pixel
 * alone, and filters as large as the image, which see all of it once.
 */
final class ConvProducts {
  private ConvProducts() {}

  /** The matrix product that a convolution is; null if it is not one. */
  static @Nullable Tensor product(Convolution conv, Node node) {
    Convolution.Extents e = conv.extents(node.inputShapes());
    Window window = e.window();
    if (window.groups() > 1 || window.padH() > 0 || window.padW() > 0) {
      return null;
    }
    boolean pixels = e.r() == 1 && e.s() == 1 && window.strideH() == 1 && window.strideW() == 1;
    boolean whole =
        e.r() == e.h()
            && e.s() == e.w()
            && (e.r() == 1 || window.dilationH() == 1)
            && (e.s() == 1 || window.dilationW() == 1);
    if (!pixels && !whole) {
      return null;
    }
    Shape image = pixels ? Shape.of(e.n() * e.h() * e.w(), e.c()) : whole(e);
    Shape result = Shape.of(e.n() * e.p() * e.q(), e.k());
    Shape filters = Shape.of(image.dim(1), e.k());
    Tensor a = node.input(0);
    Tensor b = node.input(1);
    Tensor product =
        switch (conv) {
          case Conv2d forward -> Ops.matmul(Ops.reshape(a, image), Ops.reshape(b, filters));
          case Conv2dInput input ->
              Ops.matmul(Ops.reshape(a, result), false, Ops.reshape(b, filters), true);
          case Conv2dFilter filter ->
              Ops.matmul(Ops.reshape(a, image), true, Ops.reshape(b, result), false);
        };
    return Ops.reshape(product, node.shape(0));
  }

  private static Shape whole(Convolution.Extents e) {
    return Shape.of(e.n(), e.h() * e.w() * e.c());
  }
}
