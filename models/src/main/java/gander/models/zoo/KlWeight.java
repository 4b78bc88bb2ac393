// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static gander.graph.op.Ops.div;
import static gander.graph.op.Ops.min;
import static gander.graph.op.Ops.mul;
import static gander.graph.op.Ops.scalar;

import gander.graph.op.Tensor;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;

/**
 * The weight of a model's divergence from its prior, other than 1 as in beta-VAE (Higgins et al.
 * 2017), and rising in the first steps as in Bowman et al. 2016.
 *
 * @param beta the weight
 * @param warmup steps in which it rises from 0; 0 for none
 */
public record KlWeight(double beta, int warmup) {
  /** The weight that a config asks for. */
  static KlWeight of(RunConfig config, double published) {
    return new KlWeight(Zoo.orElse(config.beta(), published), Zoo.orElse(config.klWarmup(), 0));
  }

  /**
   * The divergence, weighted; it is reported as {@code kl} and, where the weight is not 1, as
   * {@code kl/weighted}.
   */
  Tensor on(StepBuilder step, Tensor kl) {
    step.report("kl", kl);
    if (beta == 1 && warmup == 0) {
      return kl;
    }
    Tensor weight = warmup == 0 ? scalar(beta) : mul(min(div(step.counter(), warmup), 1), beta);
    Tensor weighted = mul(kl, weight);
    step.report("kl/weighted", weighted);
    return weighted;
  }
}
