// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import static gander.graph.op.Ops.mean;
import static gander.graph.op.Ops.neg;
import static gander.graph.op.Ops.softplus;

import gander.graph.op.Tensor;

/**
 * The non-saturating game of Goodfellow et al. 2014, section 3, on logits: with sp(t) = log(1 +
 * e^t), {@code L_D = mean sp(-D(x)) + mean sp(D(G(z)))} and {@code L_G = mean sp(-D(G(z)))}.
 */
public final class NonSaturating implements GanLoss {
  private final double target; // of the discriminator's outputs for data

  public NonSaturating() {
    this(1);
  }

  private NonSaturating(double target) {
    this.target = target;
  }

  @Override
  public GanLoss withRealTarget(double target) {
    return new NonSaturating(target);
  }

  @Override
  public String name() {
    return "minimax-ns";
  }

  @Override
  public String formulas() {
    return "L_D = mean sp(-D(x)) + mean sp(D(G(z))), L_G = mean sp(-D(G(z)))";
  }

  @Override
  public String source() {
    return "Goodfellow et al. 2014";
  }

  @Override
  public Tensor discriminator(Tensor real, Tensor fake) {
    return CrossEntropy.discriminator(real, fake, target);
  }

  @Override
  public Tensor generator(Tensor real, Tensor fake) {
    return mean(softplus(neg(fake)));
  }
}
