// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import gander.graph.op.Gradients;
import gander.graph.op.Ops;
import gander.graph.op.Tensor;
import java.util.function.UnaryOperator;

/** The gradient of a critic with respect to its input, which is differentiated in turn. */
final class InputGradient {
  /** Why batch norm is refused: the gradient of the sum is then not one of each sample alone. */
  static final String COUPLED =
      "its penalty is on the gradient of each sample alone, and batch norm makes samples depend on each other";

  /** Below any squared norm that matters; keeps the root's derivative finite at 0. */
  private static final double TINY = 1e-30;

  private InputGradient() {}

  /** Norms by {@link #squaredNorms squared} ones. */
  static Tensor norms(Tensor squares) {
    return Ops.sqrt(Ops.max(squares, TINY));
  }

  /**
   * Squared norms of the gradients at some points, one a sample, {@code [N]}. The points are taken
   * as constants of their own: the critic's weights may have come from x itself, by an update
   * before this one on the same batch, and that is no way for its input to reach its output.
   */
  static Tensor squaredNorms(UnaryOperator<Tensor> critic, Tensor x) {
    Tensor points = Ops.stopGradient(x);
    return Ops.squaredNorms(Gradients.of(Ops.total(critic.apply(points)), points));
  }
}
