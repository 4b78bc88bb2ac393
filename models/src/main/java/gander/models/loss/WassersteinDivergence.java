// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.mean;
import static gander.graph.op.Ops.pow;

import gander.graph.op.Tensor;

/**
 * The term of WGAN-div (Wu et al. 2018, equation 9), on data and on generated samples: {@code k/2
 * mean (||grad D(x)||^6 + ||grad D(G(z))||^6)}, k 2 as published.
 */
public record WassersteinDivergence(double k) implements Regularizer {
  /** Half of the exponent: of squared norms. */
  private static final double POWER = 3;

  @Override
  public String name() {
    return "div";
  }

  @Override
  public String formula() {
    return "lambda/2 mean (|grad D(x)|^6 + |grad D(G(z))|^6)";
  }

  @Override
  public String strengths() {
    return "lambda " + k;
  }

  @Override
  public String source() {
    return "Wu et al. 2018";
  }

  @Override
  public double coefficient() {
    return k / 2;
  }

  @Override
  public Tensor term(Terms terms) {
    Tensor real = pow(InputGradient.squaredNorms(terms.critic(), terms.real()), POWER);
    Tensor fake = pow(InputGradient.squaredNorms(terms.critic(), terms.fake()), POWER);
    return mean(add(real, fake));
  }

  @Override
  public String refusesCoupledSamples() {
    return InputGradient.COUPLED;
  }
}
