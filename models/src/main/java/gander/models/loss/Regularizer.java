// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import gander.graph.op.Tensor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Something added to any formulation: a term of the discriminator's loss, a bound on its weights.
 */
public interface Regularizer {
  /** How configs and the command line name it. */
  String name();

  /**
   * What a term is made from.
   *
   * @param critic the discriminator, {@code [N,...]} to {@code [N,1]}
   * @param real a batch of data {@code [N,...]}
   * @param fake generated samples {@code [N,...]}, constants
   * @param mix one uniform number a sample, {@code [N,1,...]} of the batch's rank; the draw {@code
   *     eps}
   */
  record Terms(UnaryOperator<Tensor> critic, Tensor real, Tensor fake, Tensor mix) {}

  /** The term to add, weighted, one number; null if it adds none. */
  default @Nullable Tensor term(Terms terms) {
    return null;
  }

  /** What an updated weight of the discriminator is passed through. */
  default Tensor project(Tensor weight) {
    return weight;
  }

  /**
   * Why a discriminator whose samples depend on each other (batch norm) cannot take it; or null.
   */
  default @Nullable String refusesCoupledSamples() {
    return null;
  }
}
