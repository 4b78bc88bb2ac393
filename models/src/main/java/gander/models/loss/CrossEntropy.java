// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.mean;
import static gander.graph.op.Ops.mul;
import static gander.graph.op.Ops.neg;
import static gander.graph.op.Ops.softplus;

import gander.graph.op.Tensor;

/** What the discriminators of {@link Minimax} and {@link NonSaturating} minimise. */
final class CrossEntropy {
  private CrossEntropy() {}

  /**
   * The cross-entropy of logits with targets a for data and 0 for generated samples: {@code mean (a
   * sp(-D(x)) + (1 - a) sp(D(x))) + mean sp(D(G(z)))}, where the first is {@code sp(-D(x)) + (1 -
   * a) D(x)}.
   *
   * @param real {@code [N,1]}
   * @param fake {@code [N,1]}
   * @param target a
   */
  static Tensor discriminator(Tensor real, Tensor fake, double target) {
    Tensor certain = softplus(neg(real));
    Tensor data = target == 1 ? certain : add(certain, mul(real, 1 - target));
    return add(mean(data), mean(softplus(fake)));
  }
}
