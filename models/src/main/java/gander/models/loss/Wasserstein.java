// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import static gander.graph.op.Ops.mean;
import static gander.graph.op.Ops.neg;
import static gander.graph.op.Ops.sub;

import gander.graph.op.Tensor;

/**
 * The Wasserstein game (Arjovsky et al. 2017): {@code L_D = mean D(G(z)) - mean D(x)} and {@code
 * L_G = -mean D(G(z))}. It needs a regularizer that keeps the critic Lipschitz: {@code clip} or
 * {@code gp}.
 */
public final class Wasserstein implements GanLoss {
  @Override
  public String name() {
    return "wasserstein";
  }

  @Override
  public String formulas() {
    return "L_D = mean D(G(z)) - mean D(x), L_G = -mean D(G(z))";
  }

  @Override
  public String source() {
    return "Arjovsky et al. 2017";
  }

  @Override
  public Tensor discriminator(Tensor real, Tensor fake) {
    return sub(mean(fake), mean(real));
  }

  @Override
  public Tensor generator(Tensor real, Tensor fake) {
    return neg(mean(fake));
  }

  @Override
  public boolean cancels() {
    return true;
  }
}
