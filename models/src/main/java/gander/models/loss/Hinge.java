// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.mean;
import static gander.graph.op.Ops.neg;
import static gander.graph.op.Ops.relu;

import gander.graph.op.Tensor;

/**
 * The hinge game (Lim and Ye 2017): {@code L_D = mean relu(1 - D(x)) + mean relu(1 + D(G(z)))} and
 * {@code L_G = -mean D(G(z))}.
 */
public final class Hinge implements GanLoss {
  @Override
  public String name() {
    return "hinge";
  }

  @Override
  public String formulas() {
    return "L_D = mean relu(1 - D(x)) + mean relu(1 + D(G(z))), L_G = -mean D(G(z))";
  }

  @Override
  public String source() {
    return "Lim and Ye 2017";
  }

  @Override
  public Tensor discriminator(Tensor real, Tensor fake) {
    return add(mean(relu(add(neg(real), 1))), mean(relu(add(fake, 1))));
  }

  @Override
  public Tensor generator(Tensor real, Tensor fake) {
    return neg(mean(fake));
  }

  /** They are while every sample is inside the margin, as at first. */
  @Override
  public boolean cancels() {
    return true;
  }
}
