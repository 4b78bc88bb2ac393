// SPDX-License-Identifier: Apache-2.0
package gander.models.net;

import static gander.graph.op.Ops.abs;
import static gander.graph.op.Ops.concat;
import static gander.graph.op.Ops.exp;
import static gander.graph.op.Ops.matmul;
import static gander.graph.op.Ops.neg;
import static gander.graph.op.Ops.reshape;
import static gander.graph.op.Ops.sub;
import static gander.graph.op.Ops.sum;

import gander.graph.op.Shape;
import gander.graph.op.Tensor;

/**
 * Minibatch discrimination (Salimans et al. 2016, section 3.2): with {@code M_i = f(x_i) T}, a
 * matrix of B rows of C numbers for each sample, {@code o(x_i)_b = sum_j exp(-|M_ib - M_jb|_1)}
 * over all samples j of the batch. The sample itself is among them, as in the paper, and adds 1.
 */
final class MinibatchDiscrimination {
  private MinibatchDiscrimination() {}

  /**
   * Features with their closeness behind them, {@code [N,A+B]}.
   *
   * @param features {@code [N,A]}
   * @param weight T, {@code [A,B*C]}
   * @param kernels B
   */
  static Tensor of(Tensor features, Tensor weight, int kernels) {
    int batch = features.shape().dim(0);
    int dims = weight.shape().dim(1) / kernels;
    Tensor compared = matmul(features, weight);
    Tensor own = reshape(compared, Shape.of(batch, 1, kernels, dims));
    Tensor others = reshape(compared, Shape.of(1, batch, kernels, dims));
    Tensor distances = sum(abs(sub(own, others)), 3); // [N,N,B,1]
    Tensor closeness = sum(exp(neg(distances)), 1); // [N,1,B,1]
    return concat(1, features, reshape(closeness, Shape.of(batch, kernels)));
  }
}
