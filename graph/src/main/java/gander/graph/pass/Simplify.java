// SPDX-License-Identifier: Apache-2.0
package gander.graph.pass;

import gander.graph.Graph;
import gander.graph.op.Broadcast;
import gander.graph.op.Concat;
import gander.graph.op.Constant;
import gander.graph.op.Convolution;
import gander.graph.op.Expr;
import gander.graph.op.MatMul;
import gander.graph.op.Node;
import gander.graph.op.Op;
import gander.graph.op.Ops;
import gander.graph.op.Pad;
import gander.graph.op.Pointwise;
import gander.graph.op.Reduce;
import gander.graph.op.Reshape;
import gander.graph.op.Shape;
import gander.graph.op.Slice;
import gander.graph.op.StopGradient;
import gander.graph.op.Tensor;
import gander.graph.op.Transpose;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Removes what computes nothing, folds constants, and shares equal nodes (common subexpressions);
 * what is not needed any more (dead code) goes with it. Runs until nothing changes.
 */
public final class Simplify {
  private static final Expr SUM = Expr.add(Expr.arg(0), Expr.arg(1));

  private Simplify() {}

  public static Graph apply(Graph graph) {
    Graph before = graph;
    while (true) {
      Graph after = Rebuild.of(before, (node, old) -> rule(node));
      if (after.nodes().equals(before.nodes())) {
        return after;
      }
      before = after;
    }
  }

  private static List<Tensor> rule(Node node) {
    List<Tensor> unbiased = BatchNormRules.withoutBias(node);
    if (unbiased != null) {
      return unbiased;
    }
    Tensor simpler = node.inputs().isEmpty() ? null : simpler(node);
    return simpler == null ? node.allOutputs() : List.of(simpler);
  }

  private static @Nullable Tensor simpler(Node node) {
    Tensor x = node.input(0);
    return switch (node.op()) {
      case StopGradient stop -> x;
      case Reshape reshape -> reshape(reshape, x);
      case Broadcast broadcast -> moved(broadcast, broadcast.shape(), x);
      case Slice slice -> slice(slice, node.shape(0), x);
      case Transpose transpose -> transpose(transpose, node.shape(0), x);
      case Pad pad -> pad.before() == 0 && pad.after() == 0 ? x : null;
      case Concat concat -> node.inputs().size() == 1 ? x : null;
      case Reduce reduce -> reduce(reduce, node.shape(0), x);
      case MatMul matmul -> matmul(matmul, x, node.input(1));
      case Convolution conv -> ConvProducts.product(conv, node);
      case Pointwise map -> map(map, node);
      default -> null;
    };
  }

  /** A data movement that moves nothing, or that moves one number many times over. */
  private static @Nullable Tensor moved(Op op, Shape shape, Tensor x) {
    if (x.op() instanceof Constant constant) {
      return Ops.constant(constant.value(), shape);
    }
    return x.shape().equals(shape) && !(op instanceof Transpose) ? x : null;
  }

  private static @Nullable Tensor reshape(Reshape reshape, Tensor x) {
    if (x.op() instanceof Reshape) {
      return Ops.reshape(x.producer().input(0), reshape.shape());
    }
    return moved(reshape, reshape.shape(), x);
  }

  private static @Nullable Tensor slice(Slice slice, Shape shape, Tensor x) {
    if (x.op() instanceof Concat concat && concat.axis() == slice.axis()) {
      int begin = 0;
      for (Tensor part : x.producer().inputs()) {
        int size = part.shape().dim(slice.axis());
        if (begin == slice.begin() && size == slice.size()) {
          return part;
        }
        begin += size;
      }
    }
    return moved(slice, shape, x);
  }

  private static @Nullable Tensor transpose(Transpose transpose, Shape shape, Tensor x) {
    List<Integer> order = transpose.order();
    if (x.op() instanceof Transpose inner) {
      List<Integer> both = order.stream().map(axis -> inner.order().get(axis)).toList();
      return Node.of(new Transpose(both), x.producer().input(0));
    }
    int[] kept = order.stream().mapToInt(i -> i).filter(axis -> x.shape().dim(axis) != 1).toArray();
    boolean still = IntStream.range(1, kept.length).allMatch(k -> kept[k - 1] < kept[k]);
    return still ? Ops.reshape(x, shape) : moved(transpose, shape, x);
  }

  private static @Nullable Tensor reduce(Reduce reduce, Shape shape, Tensor x) {
    int count = x.shape().size() / shape.size();
    if (x.op() instanceof Constant constant) {
      boolean sum = reduce.kind() == Reduce.Kind.SUM;
      return Ops.constant(sum ? count * constant.value() : constant.value(), shape);
    }
    if (BatchNormRules.isZeroSum(reduce, x)) {
      return Ops.constant(0, shape);
    }
    return count == 1 ? x : null;
  }

  /** An operand that is a matrix transposed is read as stored instead. */
  private static @Nullable Tensor matmul(MatMul matmul, Tensor a, Tensor b) {
    if (swapsLastTwo(a)) {
      return Ops.matmul(a.producer().input(0), !matmul.transposeA(), b, matmul.transposeB());
    }
    if (swapsLastTwo(b)) {
      return Ops.matmul(a, matmul.transposeA(), b.producer().input(0), !matmul.transposeB());
    }
    return null;
  }

  private static boolean swapsLastTwo(Tensor x) {
    return x.op() instanceof Transpose transpose
        && (transpose.order().equals(List.of(1, 0)) || transpose.order().equals(List.of(0, 2, 1)));
  }

  /** Constants move into the expression, an input given twice is taken once, x itself is x. */
  private static @Nullable Tensor map(Pointwise map, Node node) {
    Tensor joined = joined(map, node);
    if (joined != null) {
      return joined;
    }
    var kept = new ArrayList<Tensor>();
    var arguments = new ArrayList<Expr>();
    for (Tensor input : node.inputs()) {
      if (input.op() instanceof Constant constant) {
        arguments.add(Expr.constant(constant.value()));
      } else {
        int place = kept.indexOf(input);
        if (place < 0) {
          place = kept.size();
          kept.add(input);
        }
        arguments.add(Expr.arg(place));
      }
    }
    Expr expression = map.expression().substitute(arguments::get);
    if (expression instanceof Expr.Const constant) {
      return Ops.constant(constant.value(), node.shape(0));
    }
    if (expression instanceof Expr.Arg argument) {
      return kept.get(argument.index());
    }
    boolean unchanged = kept.size() == node.inputs().size() && expression.equals(map.expression());
    return unchanged && expression.arguments().size() == kept.size()
        ? null
        : Pointwise.compact(expression, kept);
  }

  /** Two parts that were padded to be added, as gradients of slices are, are joined instead. */
  private static @Nullable Tensor joined(Pointwise map, Node node) {
    if (!map.expression().equals(SUM)
        || !(node.input(0).op() instanceof Pad a)
        || !(node.input(1).op() instanceof Pad b)
        || a.axis() != b.axis()) {
      return null;
    }
    Tensor first = node.input(0).producer().input(0);
    Tensor second = node.input(1).producer().input(0);
    if (a.before() == 0 && b.after() == 0 && b.before() == first.shape().dim(a.axis())) {
      return Ops.concat(a.axis(), first, second);
    }
    if (b.before() == 0 && a.after() == 0 && a.before() == second.shape().dim(a.axis())) {
      return Ops.concat(a.axis(), second, first);
    }
    return null;
  }
}
