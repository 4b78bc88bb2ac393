// SPDX-License-Identifier: Apache-2.0
package gander.graph.pass;

import gander.graph.op.BatchNorm;
import gander.graph.op.BatchNormGradient;
import gander.graph.op.Broadcast;
import gander.graph.op.Expr;
import gander.graph.op.Node;
import gander.graph.op.Ops;
import gander.graph.op.Pointwise;
import gander.graph.op.Reduce;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Simplify} knows of a constant that is added to each channel in front of a batch norm,
 * as the bias of a layer is: it moves the mean and nothing else, so its gradient is zero.
 */
final class BatchNormRules {
  private static final Expr SUM = Expr.add(Expr.arg(0), Expr.arg(1));

  private BatchNormRules() {}

  /** A tensor as the sum of another and a number for each channel. */
  private record Biased(Tensor x, Tensor bias) {
    static @Nullable Biased of(Tensor tensor) {
      if (!(tensor.op() instanceof Pointwise map) || !map.expression().equals(SUM)) {
        return null;
      }
      Tensor a = tensor.producer().input(0);
      Tensor b = tensor.producer().input(1);
      Tensor bias = perChannel(b);
      if (bias != null) {
        return new Biased(a, bias);
      }
      bias = perChannel(a);
      return bias == null ? null : new Biased(b, bias);
    }

    /** The numbers {@code [C]} that are repeated along all axes but the last; null if not so. */
    private static @Nullable Tensor perChannel(Tensor tensor) {
      if (!(tensor.op() instanceof Broadcast)) {
        return null;
      }
      Tensor numbers = tensor.producer().input(0);
      int channels = tensor.shape().dim(-1);
      boolean row = numbers.shape().size() == channels && numbers.shape().dim(-1) == channels;
      return row ? Ops.reshape(numbers.behindReshapes(), Shape.of(channels)) : null;
    }
  }

  /** A batch norm or its gradient without the bias in front; null if there is none. */
  static @Nullable List<Tensor> withoutBias(Node node) {
    if (!(node.op() instanceof BatchNorm || node.op() instanceof BatchNormGradient)) {
      return null;
    }
    Biased biased = Biased.of(node.input(0));
    if (biased == null) {
      return null;
    }
    if (node.op() instanceof BatchNorm) {
      var norm = new Node(node.op(), List.of(biased.x(), node.input(1), node.input(2)));
      return List.of(norm.output(0), Ops.add(norm.output(1), biased.bias()), norm.output(2));
    }
    Tensor mean = node.input(2);
    boolean ofBiased = mean.op() instanceof Pointwise map && map.expression().equals(SUM);
    if (!ofBiased
        || !isMeanOf(mean.producer().input(0), biased.x())
        || !mean.producer().input(1).behindReshapes().equals(biased.bias().behindReshapes())) {
      return null;
    }
    return new Node(
            node.op(),
            List.of(
                biased.x(), node.input(1), mean.producer().input(0), node.input(3), node.input(4)))
        .allOutputs();
  }

  /**
   * Whether a batch norm's gradient to its input is summed over the batch, as it is for a bias:
   * that is zero. Of what rounding would leave of it, Adam would make whole steps.
   */
  static boolean isZeroSum(Reduce reduce, Tensor dx) {
    return reduce.kind() == Reduce.Kind.SUM
        && dx.op() instanceof BatchNormGradient
        && dx.index() == 0
        && isMeanOf(dx.producer().input(2), dx.producer().input(0))
        && IntStream.range(0, dx.shape().rank() - 1).allMatch(reduce.axes()::contains);
  }

  private static boolean isMeanOf(Tensor mean, Tensor x) {
    return mean.op() instanceof BatchNorm
        && mean.index() == 1
        && mean.producer().input(0).equals(x);
  }
}
