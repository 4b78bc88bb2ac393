// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.List;
import java.util.stream.Stream;

/**
 * The gradients of {@link BatchNorm}. With xhat = (x - mean) / sqrt(var + epsilon) and n samples a
 * channel:
 *
 * <pre>
 * dbeta  = sum dy
 * dgamma = sum dy xhat
 * dx     = gamma / sqrt(var + epsilon) (dy - (dbeta + xhat dgamma) / n)
 * </pre>
 *
 * <p>Inputs: x {@code [..., C]}, gamma, mean, var {@code [C]}, dy {@code [..., C]}. Outputs: dx,
 * dgamma, dbeta.
 */
public record BatchNormGradient(double epsilon) implements Composite {
  @Override
  public String name() {
    return "batch_norm_gradient";
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    Shape x = inputs.get(0);
    ShapeException.check(inputs.get(4).equals(x), "dy has shape %s and x %s", inputs.get(4), x);
    return List.of(x, inputs.get(1), inputs.get(1));
  }

  @Override
  public List<Tensor> expand(List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    Tensor gamma = inputs.get(1);
    Tensor dy = inputs.get(4);
    int[] batch = BatchNorm.batchAxes(x.shape());
    double n = x.shape().size() / (double) gamma.shape().size();
    Tensor scale = Ops.rsqrt(Ops.add(inputs.get(3), epsilon));
    Tensor normal = Ops.mul(Ops.sub(x, inputs.get(2)), scale);
    Tensor dbeta = Ops.reshape(Ops.sum(dy, batch), gamma.shape());
    Tensor dgamma = Ops.reshape(Ops.sum(Ops.mul(dy, normal), batch), gamma.shape());
    Tensor common = Ops.mul(Ops.add(Ops.mul(normal, dgamma), dbeta), 1 / n);
    Tensor dx = Ops.mul(Ops.sub(dy, common), Ops.mul(gamma, scale));
    return List.of(dx, dgamma, dbeta);
  }

  @Override
  public Contract contract(List<Shape> inputs, List<Shape> outputs) {
    int c = inputs.get(0).dim(-1);
    int n = inputs.get(0).size() / c;
    return Contract.of(name())
        .dim("N", n)
        .dim("C", c)
        .constant("EPSILON", epsilon)
        .updatedInput("x", n, c)
        .input("gamma", c)
        .input("mean", c)
        .input("var", c)
        .updatedHookedInput("dy", n, c)
        .hookedOutput("dx", n, c)
        .output("dgamma", c)
        .output("dbeta", c)
        .build();
  }

  static List<Sample> largeSamples() {
    return Stream.of(BatchNorm.largeSizes()).map(BatchNormGradient::normal).toList();
  }

  private static Sample normal(int[] x) {
    int c = x[x.length - 1];
    return Sample.of(
        new BatchNormGradient(1e-5),
        Sample.normal(x),
        Sample.normal(c),
        Sample.normal(c),
        Sample.given(Sample.Content.POSITIVE, c),
        Sample.normal(x));
  }

  static List<Sample> samples() {
    return Stream.of(BatchNorm.sizes()).map(BatchNormGradient::normal).toList();
  }
}
