// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.max;
import static gander.graph.op.Ops.mean;
import static gander.graph.op.Ops.mul;
import static gander.graph.op.Ops.sqrt;
import static gander.graph.op.Ops.square;
import static gander.graph.op.Ops.stopGradient;
import static gander.graph.op.Ops.sub;

import gander.graph.op.Tensor;

/**
 * The gradient penalty of WGAN-GP (Gulrajani et al. 2017, equation 3): {@code lambda mean (||grad
 * D(xhat)|| - 1)^2} with {@code xhat = eps x + (1 - eps) G(z)}, eps uniform, one a sample.
 */
public record GradientPenalty(double lambda) implements Regularizer {
  /** Below any squared norm that matters; keeps the root's derivative finite at 0. */
  private static final double TINY = 1e-30;

  @Override
  public String name() {
    return "gp";
  }

  @Override
  public Tensor term(Terms terms) {
    Tensor between = add(terms.fake(), mul(terms.mix(), sub(terms.real(), terms.fake())));
    Tensor norms =
        sqrt(max(InputGradient.squaredNorms(terms.critic(), stopGradient(between)), TINY));
    return mul(mean(square(sub(norms, 1))), lambda);
  }

  @Override
  public String refusesCoupledSamples() {
    return InputGradient.COUPLED;
  }
}
