// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.List;

/**
 * One update of stochastic gradient descent with momentum: {@code b2 = momentum b + g}, {@code w2 =
 * w - rate b2}; plain descent where momentum is 0.
 *
 * <p>Inputs: w, g, b of one shape; rate, one number. Outputs: w2, b2.
 */
public record Momentum(double momentum) implements Composite {
  @Override
  public String name() {
    return "momentum";
  }

  @Override
  public List<Tensor> expand(List<Tensor> inputs) {
    Tensor b = Ops.add(Ops.mul(inputs.get(2), momentum), inputs.get(1));
    return List.of(Ops.sub(inputs.get(0), Ops.mul(b, inputs.get(3))), b);
  }

  static List<Sample> samples() {
    return List.of(
        Sample.of(
            new Momentum(0),
            Sample.normal(5),
            Sample.normal(5),
            Sample.normal(5),
            Sample.given(Sample.Content.POSITIVE)),
        Sample.of(
            new Momentum(0.9),
            Sample.normal(3, 11),
            Sample.normal(3, 11),
            Sample.normal(3, 11),
            Sample.given(Sample.Content.POSITIVE)));
  }
}
