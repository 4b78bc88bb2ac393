// SPDX-License-Identifier: Apache-2.0
package gander.bench.selftest;

import gander.graph.op.BatchNorm;
import gander.graph.op.Gradients;
import gander.graph.op.Node;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Window;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * A function of some tensors that has second derivatives where it is tried.
 *
 * @param inputs their shapes
 */
record Formula(String name, List<Shape> inputs, Function<List<Tensor>, Tensor> function) {
  private static final Window SAME = Window.of(1, 1);
  private static final Window HALVED = Window.of(2, 1);

  /** Functions of every kind that models and losses are made of, dense layers in the last. */
  static List<Formula> all() {
    return List.of(
        of(
            "convolutions",
            Formula::convolutions,
            shape(2, 8, 8, 3),
            shape(4, 4, 3, 8),
            shape(3, 3, 8, 4)),
        of("transposed", Formula::transposed, shape(2, 4, 4, 6), shape(4, 4, 3, 6)),
        of("batch-norm", Formula::batchNorm, shape(6, 5), shape(5), shape(5)),
        of(
            "cross-entropy",
            x -> Ops.softmaxCrossEntropy(x.get(0), x.get(1)),
            shape(4, 6),
            shape(4, 6)),
        of("pointwise", Formula::pointwise, shape(3, 5), shape(5)),
        of("reductions", Formula::reductions, shape(3, 4, 5)),
        of("moves", Formula::moves, shape(2, 3, 4)),
        of("gradient-penalty", Formula::penalty, shape(5, 4), shape(4, 6), shape(6), shape(6, 1)));
  }

  private static Formula of(String name, Function<List<Tensor>, Tensor> function, Shape... inputs) {
    return new Formula(name, Arrays.asList(inputs), function);
  }

  private static Shape shape(int... dims) {
    return Shape.of(dims);
  }

  private static Tensor convolutions(List<Tensor> x) {
    Tensor half = Ops.tanh(Ops.conv2d(x.get(0), x.get(1), HALVED)); // [2,4,4,8]
    return Ops.tanh(Ops.conv2d(half, x.get(2), SAME)); // [2,4,4,4]
  }

  private static Tensor transposed(List<Tensor> x) {
    return Ops.tanh(Ops.convTranspose2d(x.get(0), x.get(1), HALVED, 0)); // [2,8,8,3]
  }

  private static Tensor batchNorm(List<Tensor> x) {
    return Ops.tanh(new Node(new BatchNorm(0.1), x).output(0));
  }

  private static Tensor pointwise(List<Tensor> x) {
    Tensor a = x.get(0);
    Tensor b = x.get(1);
    Tensor bounded = Ops.add(Ops.sigmoid(a), Ops.mul(Ops.sin(a), Ops.softplus(b)));
    Tensor positive = Ops.add(Ops.square(b), 0.5);
    Tensor powers = Ops.add(Ops.sqrt(positive), Ops.log(Ops.add(Ops.square(a), 1)));
    return Ops.div(Ops.mul(Ops.leakyRelu(bounded, 0.2), Ops.exp(Ops.mul(a, 0.3))), powers);
  }

  private static Tensor reductions(List<Tensor> x) {
    Tensor a = x.getFirst();
    Tensor sums = Ops.mul(Ops.sum(a, 1), Ops.mean(a, 1)); // [3,1,5]
    Tensor largest = Ops.mul(Ops.square(Ops.maxOver(a, 2)), Ops.logSumExp(a, 2)); // [3,4,1]
    return Ops.mul(Ops.add(largest, sums), Ops.sqrt(Ops.add(Ops.total(Ops.square(a)), 1)));
  }

  private static Tensor moves(List<Tensor> x) {
    Tensor swapped = Ops.transpose(x.getFirst(), 2, 0, 1); // [4,2,3]
    Tensor wide = Ops.pad(Ops.slice(swapped, 0, 1, 3), 2, 1, 2); // [3,2,6]
    Tensor twice = Ops.concat(0, wide, Ops.square(wide)); // [6,2,6]
    Tensor rows = Ops.gather(twice, Ops.floor(Ops.mul(Ops.iota(8), 0.6))); // [8,2,6]
    return Ops.mul(Ops.reshape(rows, shape(16, 6)), Ops.tanh(Ops.reshape(rows, shape(16, 6))));
  }

  /** WGAN-GP's penalty on a critic's gradient (Gulrajani et al. 2017). */
  private static Tensor penalty(List<Tensor> x) {
    Tensor hidden = Ops.tanh(Ops.add(Ops.matmul(x.get(0), x.get(1)), x.get(2)));
    Tensor critic = Ops.matmul(hidden, x.get(3)); // [5,1]
    Tensor gradient = Gradients.of(Ops.total(critic), x.getFirst()); // [5,4]
    return Ops.mean(Ops.square(Ops.sub(Ops.sqrt(Ops.squaredNorms(gradient)), 1)));
  }
}
