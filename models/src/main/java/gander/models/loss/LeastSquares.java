// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.mean;
import static gander.graph.op.Ops.mul;
import static gander.graph.op.Ops.square;
import static gander.graph.op.Ops.sub;

import gander.graph.op.Tensor;

/**
 * LSGAN (Mao et al. 2017, equation 9): {@code L_D = 1/2 mean (D(x) - 1)^2 + 1/2 mean D(G(z))^2} and
 * {@code L_G = 1/2 mean (D(G(z)) - 1)^2}, on raw outputs.
 */
public final class LeastSquares implements GanLoss {
  private final double target; // of the discriminator's outputs for data

  public LeastSquares() {
    this(1);
  }

  private LeastSquares(double target) {
    this.target = target;
  }

  @Override
  public GanLoss withRealTarget(double target) {
    return new LeastSquares(target);
  }

  @Override
  public String name() {
    return "lsgan";
  }

  @Override
  public String formulas() {
    return "L_D = 1/2 mean (D(x) - 1)^2 + 1/2 mean D(G(z))^2, L_G = 1/2 mean (D(G(z)) - 1)^2";
  }

  @Override
  public String source() {
    return "Mao et al. 2017";
  }

  @Override
  public Tensor discriminator(Tensor real, Tensor fake) {
    return mul(add(mean(square(sub(real, target))), mean(square(fake))), 0.5);
  }

  @Override
  public Tensor generator(Tensor real, Tensor fake) {
    return mul(mean(square(sub(fake, 1))), 0.5);
  }
}
