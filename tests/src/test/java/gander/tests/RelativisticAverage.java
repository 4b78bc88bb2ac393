// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.mean;
import static gander.graph.op.Ops.neg;
import static gander.graph.op.Ops.softplus;
import static gander.graph.op.Ops.sub;

import gander.graph.op.Tensor;
import gander.models.loss.GanLoss;

/**
 * The relativistic average game (Jolicoeur-Martineau 2018, equation 8), as a user would write it:
 * with sp(t) = log(1 + e^t), {@code L_D = mean sp(mean D(G(z)) - D(x)) + mean sp(D(G(z)) - mean
 * D(x))}, and {@code L_G} the same with data and samples exchanged.
 */
public final class RelativisticAverage implements GanLoss {
  @Override
  public String name() {
    return "relativistic-average";
  }

  @Override
  public Tensor discriminator(Tensor real, Tensor fake) {
    return add(mean(softplus(neg(sub(real, mean(fake))))), mean(softplus(sub(fake, mean(real)))));
  }

  @Override
  public Tensor generator(Tensor real, Tensor fake) {
    return discriminator(fake, real);
  }
}
