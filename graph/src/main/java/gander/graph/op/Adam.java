// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.ArrayList;
import java.util.List;

/**
 * One update of Adam (Kingma and Ba 2015, Algorithm 1):
 *
 * <pre>
 * m2 = beta1 m + (1 - beta1) g
 * v2 = beta2 v + (1 - beta2) g^2
 * w2 = w - rate (m2 / (1 - beta1^t)) / (sqrt(v2 / (1 - beta2^t)) + epsilon)
 * </pre>
 *
 * <p>Inputs: w, g, m, v of one shape; t and rate, one number each, t counting updates from 1.
 * Outputs: w2, m2, v2. {@code 1 - beta^t} is computed as {@code -expm1(t log beta)}, which keeps
 * its digits in single precision while t is small.
 */
public record Adam(double beta1, double beta2, double epsilon) implements Composite {
  @Override
  public String name() {
    return "adam";
  }

  @Override
  public List<Tensor> expand(List<Tensor> inputs) {
    Tensor w = inputs.get(0);
    Tensor g = inputs.get(1);
    Tensor t = inputs.get(4);
    Tensor rate = inputs.get(5);
    Tensor m = Ops.add(Ops.mul(inputs.get(2), beta1), Ops.mul(g, 1 - beta1));
    Tensor v = Ops.add(Ops.mul(inputs.get(3), beta2), Ops.mul(Ops.square(g), 1 - beta2));
    Tensor meanScale = Ops.div(rate, correction(t, beta1));
    Tensor rootScale = Ops.rsqrt(correction(t, beta2));
    Tensor root = Ops.add(Ops.mul(Ops.sqrt(v), rootScale), epsilon);
    return List.of(Ops.sub(w, Ops.div(Ops.mul(m, meanScale), root)), m, v);
  }

  /** 1 - beta^t; of beta 0, whose logarithm is infinite, the number 1. */
  private static Tensor correction(Tensor t, double beta) {
    if (beta == 0) {
      return Ops.constant(1, t.shape());
    }
    return Ops.neg(Ops.expm1(Ops.mul(t, Math.log(beta))));
  }

  @Override
  public Contract contract(List<Shape> inputs, List<Shape> outputs) {
    int n = inputs.get(0).size();
    return Contract.of(name())
        .dim("N", n)
        .constant("BETA1", beta1)
        .constant("BETA2", beta2)
        .constant("LOG_BETA1", Math.log(beta1))
        .constant("LOG_BETA2", Math.log(beta2))
        .constant("EPSILON", epsilon)
        .updatedInput("w", n)
        .input("g", n)
        .updatedInput("m", n)
        .updatedInput("v", n)
        .input("t", 1)
        .input("rate", 1)
        .output("w2", n)
        .output("m2", n)
        .output("v2", n)
        .build();
  }

  static List<Sample> samples() {
    var samples = new ArrayList<Sample>();
    for (double beta1 : new double[] {0, 0.5, 0.9}) {
      for (int size : new int[] {1, 5, 33, 1000}) {
        Sample.Given scale = Sample.given(Sample.Content.POSITIVE);
        samples.add(
            Sample.of(
                new Adam(beta1, 0.999, 1e-8),
                Sample.normal(size),
                Sample.normal(size),
                Sample.normal(size),
                Sample.given(Sample.Content.POSITIVE, size),
                Sample.given(Sample.Content.THREE),
                scale));
      }
    }
    return samples;
  }
}
