// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.mean;
import static gander.graph.op.Ops.mul;
import static gander.graph.op.Ops.neg;
import static gander.graph.op.Ops.softplus;
import static gander.graph.op.Ops.squaredNorms;
import static gander.graph.op.Ops.sub;

import gander.graph.op.Tensor;
import gander.models.net.Network;
import gander.models.net.StepBuilder;

/**
 * What goes into the last layer of a network, for the three kinds of images of a model that codes
 * images and draws them.
 *
 * @param data of data, {@code [N,F]}
 * @param coded of images made of the data's codes
 * @param drawn of images made of draws from the prior
 */
record Features(Tensor data, Tensor coded, Tensor drawn) {
  /** A pass for each kind; the network's running statistics are those of data. */
  static Features of(StepBuilder step, Network network, Tensor data, Tensor coded, Tensor drawn) {
    return new Features(
        network.features(step, data, Network.Mode.TRAINING),
        network.features(step, coded, Network.Mode.OBSERVING),
        network.features(step, drawn, Network.Mode.OBSERVING));
  }

  /**
   * {@code mean sp(-D(x)) + mean sp(D(x_f)) + mean sp(D(x_p))}, with sp(t) = log(1 + e^t).
   *
   * @param discriminator whose features these are
   */
  Tensor discrimination(StepBuilder step, Network discriminator) {
    Tensor real = softplus(neg(discriminator.last(step, data)));
    Tensor made =
        add(softplus(discriminator.last(step, coded)), softplus(discriminator.last(step, drawn)));
    return mean(add(real, made));
  }

  /** {@code 1/2 |f(x) - f(x_f)|^2}, pair by pair. */
  Tensor reconstruction() {
    return distance(data, coded);
  }

  /** {@code 1/2 |a - b|^2}, summed over components, its mean over the batch. */
  static Tensor distance(Tensor a, Tensor b) {
    return mul(mean(squaredNorms(sub(a, b))), 0.5);
  }
}
