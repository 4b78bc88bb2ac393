// SPDX-License-Identifier: Apache-2.0
package gander.models.net;

import static gander.graph.op.Ops.abs;
import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.concat;
import static gander.graph.op.Ops.exp;
import static gander.graph.op.Ops.matmul;
import static gander.graph.op.Ops.neg;
import static gander.graph.op.Ops.reshape;
import static gander.graph.op.Ops.scalar;
import static gander.graph.op.Ops.slice;
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
   * @param weight T, {@code [A,C*B]}: the first of the C numbers of every kernel, the second ...
   * @param kernels B
   */
  static Tensor of(Tensor features, Tensor weight, int kernels) {
    int batch = features.shape().dim(0);
    int dims = weight.shape().dim(1) / kernels;
    Tensor compared = matmul(features, weight);
    Tensor distances = scalar(0); // [N,N,B]
    for (int dim = 0; dim < dims; dim++) {
      // A number at a time: no tensor is ever as large as [N,N,B,C].
      Tensor number = slice(compared, 1, dim * kernels, kernels);
      Tensor own = reshape(number, Shape.of(batch, 1, kernels));
      Tensor others = reshape(number, Shape.of(1, batch, kernels));
      distances = add(distances, abs(sub(own, others)));
    }
    Tensor closeness = sum(exp(neg(distances)), 1);
    return concat(1, features, reshape(closeness, Shape.of(batch, kernels)));
  }
}
