// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import static gander.graph.op.Ops.mean;

import gander.graph.op.Tensor;

/**
 * The R1 penalty (Mescheder et al. 2018, equation 9): {@code gamma/2 mean ||grad D(x)||^2}, on
 * data.
 */
public record R1(double gamma) implements Regularizer {
  @Override
  public String name() {
    return "r1";
  }

  @Override
  public String formula() {
    return "gamma/2 mean |grad D(x)|^2";
  }

  @Override
  public String strengths() {
    return "gamma " + gamma;
  }

  @Override
  public String source() {
    return "Mescheder et al. 2018";
  }

  @Override
  public double coefficient() {
    return gamma / 2;
  }

  @Override
  public Tensor term(Terms terms) {
    return mean(InputGradient.squaredNorms(terms.critic(), terms.real()));
  }

  @Override
  public String refusesCoupledSamples() {
    return InputGradient.COUPLED;
  }
}
