// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.div;
import static gander.graph.op.Ops.exp;
import static gander.graph.op.Ops.mul;
import static gander.graph.op.Ops.square;
import static gander.graph.op.Ops.sub;
import static gander.graph.op.Ops.total;

import gander.graph.op.Tensor;

/**
 * The normal distribution of each image's latent vector, independent in every number (Kingma and
 * Welling 2014).
 *
 * @param mu means {@code [N,zdim]}
 * @param logvar logarithms of the variances {@code [N,zdim]}
 */
record Posterior(Tensor mu, Tensor logvar) {
  /**
   * A sample {@code mu + exp(logvar/2) e}.
   *
   * @param e standard normals {@code [N,zdim]}
   */
  Tensor sample(Tensor e) {
    return add(mu, mul(exp(mul(logvar, 0.5)), e));
  }

  /**
   * The divergence from the standard normal, {@code -1/2 sum (1 + logvar - mu^2 - exp(logvar))},
   * its mean over the batch.
   */
  Tensor divergence() {
    Tensor sum = total(sub(add(square(mu), exp(logvar)), add(logvar, 1)));
    return div(mul(sum, 0.5), mu.shape().dim(0));
  }
}
