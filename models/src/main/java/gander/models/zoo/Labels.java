// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.broadcast;
import static gander.graph.op.Ops.concat;
import static gander.graph.op.Ops.div;
import static gander.graph.op.Ops.floor;
import static gander.graph.op.Ops.iota;
import static gander.graph.op.Ops.mul;
import static gander.graph.op.Ops.neg;
import static gander.graph.op.Ops.oneHot;
import static gander.graph.op.Ops.reshape;
import static gander.graph.op.Ops.sub;

import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import org.jspecify.annotations.Nullable;

/** How networks are given classes; where there are none, what they are given stays as it is. */
final class Labels {
  private Labels() {}

  /**
   * Images with their classes as constant planes behind the channels, a plane a class.
   *
   * @param x {@code [N,H,W,C]}, or {@code [N,...]} where {@code classes} is 0
   * @param y {@code [N]}
   */
  static Tensor onImages(Tensor x, @Nullable Tensor y, int classes) {
    if (y == null) {
      return x;
    }
    Shape shape = x.shape();
    int count = shape.dim(0);
    Tensor one = reshape(oneHot(y, classes), Shape.of(count, 1, 1, classes));
    Shape planes = Shape.of(count, shape.dim(1), shape.dim(2), classes);
    return concat(3, x, broadcast(one, planes));
  }

  /** Vectors {@code [N,zdim]} with the classes {@code [N]} one-hot behind them. */
  static Tensor onLatents(Tensor z, @Nullable Tensor y, int classes) {
    return y == null ? z : concat(1, z, oneHot(y, classes));
  }

  /**
   * Classes at random, each as likely as the others.
   *
   * @param uniforms in (0, 1], {@code [N]}: u gives class ceil(u classes) - 1
   */
  static Tensor drawn(Tensor uniforms, int classes) {
    return sub(neg(floor(mul(uniforms, (double) -classes))), 1);
  }

  /** One class behind the other, all over again, {@code [count]}; null if there are none. */
  static @Nullable Tensor inTurn(int count, int classes) {
    Tensor places = iota(count);
    return classes == 0
        ? null
        : sub(places, mul(floor(div(add(places, 0.5), classes)), (double) classes));
  }
}
