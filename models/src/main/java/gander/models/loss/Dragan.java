// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.mean;
import static gander.graph.op.Ops.mul;
import static gander.graph.op.Ops.sqrt;
import static gander.graph.op.Ops.square;
import static gander.graph.op.Ops.sub;

import gander.graph.op.Tensor;

/**
 * DRAGAN (Kodali et al. 2017): {@code lambda mean (||grad D(x + eps delta)|| - 1)^2} round data,
 * with {@code delta = 1/2 std(x) u} as in the authors' code: std over all values of the batch, u
 * uniform of x's shape (the draw {@code delta}), eps uniform, one a sample.
 */
public record Dragan(double lambda) implements Regularizer {
  @Override
  public String name() {
    return "dragan";
  }

  @Override
  public String formula() {
    return "lambda mean (|grad D(x + eps delta)| - 1)^2, delta = 1/2 std(x) u";
  }

  @Override
  public String strengths() {
    return "lambda " + lambda;
  }

  @Override
  public String source() {
    return "Kodali et al. 2017";
  }

  @Override
  public double coefficient() {
    return lambda;
  }

  @Override
  public Tensor term(Terms terms) {
    Tensor x = terms.real();
    Tensor deviation = sqrt(mean(square(sub(x, mean(x)))));
    Tensor delta = mul(mul(terms.draws().uniform("delta", x.shape()), deviation), 0.5);
    Tensor near = add(x, mul(terms.mix(), delta));
    Tensor norms = InputGradient.norms(InputGradient.squaredNorms(terms.critic(), near));
    return mean(square(sub(norms, 1)));
  }

  @Override
  public String refusesCoupledSamples() {
    return InputGradient.COUPLED;
  }
}
