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
 * The relativistic average game (Jolicoeur-Martineau 2018), as a user would write it: data should
 * score higher than the average sample and samples lower than the average of the data, {@code L_D =
 * mean softplus(-(D(x) - mean D(G(z)))) + mean softplus(D(G(z)) - mean D(x))}; the generator wants
 * the reverse.
 */
public final class RelativisticAverage implements GanLoss {
  @Override
  public String name() {
    return "my-ragan";
  }

  @Override
  public Tensor discriminator(Tensor real, Tensor fake) {
    return game(real, fake);
  }

  @Override
  public Tensor generator(Tensor real, Tensor fake) {
    return game(fake, real);
  }

  private static Tensor game(Tensor high, Tensor low) {
    return add(mean(softplus(neg(sub(high, mean(low))))), mean(softplus(sub(low, mean(high)))));
  }
}
