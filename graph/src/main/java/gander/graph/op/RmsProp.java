// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.List;

/**
 * One update of RMSProp (Tieleman and Hinton 2012): {@code s2 = decay s + (1 - decay) g^2}, {@code
 * w2 = w - rate g / (sqrt(s2) + epsilon)}.
 *
 * <p>Inputs: w, g, s of one shape; rate, one number. Outputs: w2, s2.
 */
public record RmsProp(double decay, double epsilon) implements Composite {
  @Override
  public String name() {
    return "rmsprop";
  }

  @Override
  public List<Tensor> expand(List<Tensor> inputs) {
    Tensor g = inputs.get(1);
    Tensor s = Ops.add(Ops.mul(inputs.get(2), decay), Ops.mul(Ops.square(g), 1 - decay));
    Tensor step = Ops.div(Ops.mul(g, inputs.get(3)), Ops.add(Ops.sqrt(s), epsilon));
    return List.of(Ops.sub(inputs.get(0), step), s);
  }

  static List<Sample> samples() {
    return List.of(
        Sample.of(
            new RmsProp(0.99, 1e-8),
            Sample.normal(3, 11),
            Sample.normal(3, 11),
            Sample.given(Sample.Content.POSITIVE, 3, 11),
            Sample.given(Sample.Content.POSITIVE)));
  }
}
