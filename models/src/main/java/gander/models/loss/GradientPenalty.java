// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import static gander.graph.op.Ops.mean;
import static gander.graph.op.Ops.relu;
import static gander.graph.op.Ops.square;
import static gander.graph.op.Ops.sub;

import gander.graph.op.Tensor;

/**
 * The gradient penalty of WGAN-GP (Gulrajani et al. 2017, equation 3): {@code lambda mean (||grad
 * D(xhat)|| - 1)^2} with {@code xhat = eps x + (1 - eps) G(z)}, eps uniform, one a sample.
 * One-sided it leaves norms below 1 alone (section 4); zero-centred it is {@code lambda mean ||grad
 * D(xhat)||^2} (Thanh-Tung et al. 2019).
 */
public record GradientPenalty(Form form, double lambda) implements Regularizer {
  /** Which norms are penalized. */
  public enum Form {
    TWO_SIDED("gp", "lambda mean (|grad D(xhat)| - 1)^2", "Gulrajani et al. 2017"),
    ONE_SIDED("gp-onesided", "lambda mean relu(|grad D(xhat)| - 1)^2", "Gulrajani et al. 2017"),
    ZERO_CENTRED("gp-zero", "lambda mean |grad D(xhat)|^2", "Thanh-Tung et al. 2019");

    private final String name;
    private final String formula;
    private final String source;

    Form(String name, String formula, String source) {
      this.name = name;
      this.formula = formula;
      this.source = source;
    }
  }

  @Override
  public String name() {
    return form.name;
  }

  @Override
  public String formula() {
    return form.formula + ", xhat = eps x + (1 - eps) G(z)";
  }

  @Override
  public String strengths() {
    return "lambda " + lambda;
  }

  @Override
  public String source() {
    return form.source;
  }

  @Override
  public double coefficient() {
    return lambda;
  }

  @Override
  public Tensor term(Terms terms) {
    Tensor squares = InputGradient.squaredNorms(terms.critic(), terms.between());
    Tensor penalties =
        switch (form) {
          case TWO_SIDED -> square(sub(InputGradient.norms(squares), 1));
          case ONE_SIDED -> square(relu(sub(InputGradient.norms(squares), 1)));
          case ZERO_CENTRED -> squares;
        };
    return mean(penalties);
  }

  @Override
  public String refusesCoupledSamples() {
    return InputGradient.COUPLED;
  }
}
