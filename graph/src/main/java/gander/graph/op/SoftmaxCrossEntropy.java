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
}
