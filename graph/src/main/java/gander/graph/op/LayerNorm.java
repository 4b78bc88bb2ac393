// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.List;

/**
 * Layer norm (Ba, Kiros, Hinton 2016): each sample normalised over its last axis, {@code y = gamma
 * (x - mean) / sqrt(var + epsilon) + beta}, with the biased variance.
 *
 * <p>Inputs: x {@code [..., C]}, gamma {@code [C]}, beta {@code [C]}. Output: y.
 */
public record LayerNorm(double epsilon) implements Composite {
  @Override
  public String name() {
    return "layer_norm";
  }

  @Override
  public List<Tensor> expand(List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    int last = x.shape().rank() - 1;
    Tensor centred = Ops.sub(x, Ops.mean(x, last));
    Tensor variance = Ops.mean(Ops.square(centred), last);
    Tensor normal = Ops.mul(centred, Ops.rsqrt(Ops.add(variance, epsilon)));
    return List.of(Ops.add(Ops.mul(normal, inputs.get(1)), inputs.get(2)));
  }

  static List<Sample> samples() {
    return List.of(
        Sample.of(new LayerNorm(1e-5), Sample.normal(4, 3), Sample.normal(3), Sample.normal(3)),
        Sample.of(new LayerNorm(1e-5), Sample.normal(2, 3, 5), Sample.normal(5), Sample.normal(5)),
        Sample.of(
            new LayerNorm(1e-5), Sample.normal(128, 256), Sample.normal(256), Sample.normal(256)));
  }
}
