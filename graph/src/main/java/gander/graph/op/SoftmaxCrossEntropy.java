// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.List;

/**
 * Cross-entropy of a softmax with given class probabilities: {@code loss[n] = -sum_k p[n,k] (x[n,k]
 * - logsumexp(x[n,:]))}.
 *
 * <p>Inputs: logits {@code [N,k]}, probabilities {@code [N,k]} (one-hot labels, as a rule). Output:
 * {@code [N]}.
 */
public record SoftmaxCrossEntropy() implements Composite {
  @Override
  public String name() {
    return "softmax_cross_entropy";
  }

  @Override
  public List<Tensor> expand(List<Tensor> inputs) {
    Tensor logits = inputs.get(0);
    ShapeException.check(
        logits.shape().rank() == 2 && logits.shape().equals(inputs.get(1).shape()),
        "logits %s and probabilities %s are not both [N,k]",
        logits.shape(),
        inputs.get(1).shape());
    Tensor logSoftmax = Ops.sub(logits, Ops.logSumExp(logits, 1));
    Tensor loss = Ops.neg(Ops.sum(Ops.mul(inputs.get(1), logSoftmax), 1));
    return List.of(Ops.reshape(loss, Shape.of(logits.shape().dim(0))));
  }

  static List<Sample> samples() {
    return List.of(
        Sample.of(
            new SoftmaxCrossEntropy(),
            Sample.normal(4, 3),
            Sample.given(Sample.Content.PROBABILITIES, 4, 3)),
        Sample.of(
            new SoftmaxCrossEntropy(),
            Sample.normal(3, 1),
            Sample.given(Sample.Content.PROBABILITIES, 3, 1)),
        Sample.of(
            new SoftmaxCrossEntropy(),
            Sample.given(Sample.Content.OUTLIERS, 128, 10),
            Sample.given(Sample.Content.PROBABILITIES, 128, 10)));
  }
}
