// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import static gander.graph.op.Expr.arg;
import static java.util.stream.Collectors.joining;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What models are written with: one static method an operation, meant to be imported statically so
 * that a formula reads as in its paper.
 *
 * <p>Functions of two tensors broadcast as NumPy does: shapes are aligned at the last axis, and an
 * axis of extent 1 is repeated.
 */
public final class Ops {
  private Ops() {}

  // Where values come from

  public static Tensor constant(double value, Shape shape) {
    return Node.of(new Constant(value, shape));
  }

  public static Tensor scalar(double value) {
    return constant(value, Shape.SCALAR);
  }

  /** A tensor that the host writes before each run. */
  public static Tensor input(String name, Shape shape) {
    return Node.of(new Input(name, shape));
  }

  /** 0, 1, ..., length-1. */
  public static Tensor iota(int length) {
    return Node.of(new Iota(length));
  }

  /** Uniforms in (0, 1]; other numbers at every step. */
  public static Tensor uniform(String name, long seed, Tensor step, Shape shape) {
    return Node.of(new Random(Random.Kind.UNIFORM, name, seed, shape), step);
  }

  /** Standard normals; other numbers at every step. */
  public static Tensor normal(String name, long seed, Tensor step, Shape shape) {
    return Node.of(new Random(Random.Kind.NORMAL, name, seed, shape), step);
  }

  // Pointwise, one argument

  private static Tensor map(Unary function, Tensor x) {
    return Pointwise.of(Expr.unary(function, arg(0)), x);
  }

  public static Tensor neg(Tensor x) {
    return map(Unary.NEG, x);
  }

  public static Tensor abs(Tensor x) {
    return map(Unary.ABS, x);
  }

  public static Tensor sign(Tensor x) {
    return map(Unary.SIGN, x);
  }

  public static Tensor floor(Tensor x) {
    return map(Unary.FLOOR, x);
  }

  public static Tensor square(Tensor x) {
    return map(Unary.SQUARE, x);
  }

  public static Tensor sqrt(Tensor x) {
    return map(Unary.SQRT, x);
  }

  public static Tensor rsqrt(Tensor x) {
    return map(Unary.RSQRT, x);
  }

  public static Tensor recip(Tensor x) {
    return map(Unary.RECIP, x);
  }

  public static Tensor exp(Tensor x) {
    return map(Unary.EXP, x);
  }

  public static Tensor expm1(Tensor x) {
    return map(Unary.EXPM1, x);
  }

  public static Tensor log(Tensor x) {
    return map(Unary.LOG, x);
  }

  public static Tensor log1p(Tensor x) {
    return map(Unary.LOG1P, x);
  }

  public static Tensor sin(Tensor x) {
    return map(Unary.SIN, x);
  }

  public static Tensor cos(Tensor x) {
    return map(Unary.COS, x);
  }

  public static Tensor tanh(Tensor x) {
    return map(Unary.TANH, x);
  }

  public static Tensor sigmoid(Tensor x) {
    return map(Unary.SIGMOID, x);
  }

  /** log(1 + exp(x)), stable for large x of both signs. */
  public static Tensor softplus(Tensor x) {
    return map(Unary.SOFTPLUS, x);
  }

  /** log(sigmoid(x)), stable for large x of both signs. */
  public static Tensor logSigmoid(Tensor x) {
    return map(Unary.LOGSIGMOID, x);
  }

  public static Tensor relu(Tensor x) {
    return map(Unary.RELU, x);
  }

  /** x where positive, slope x elsewhere; the slope is at least 0. */
  public static Tensor leakyRelu(Tensor x, double slope) {
    return Pointwise.of(Expr.binary(Binary.LRELU, arg(0), Expr.constant(slope)), x);
  }

  /** 1 where x is positive, 0 elsewhere. */
  public static Tensor step(Tensor x) {
    return map(Unary.STEP, x);
  }

  // Pointwise, two arguments

  private static Tensor map(Binary function, Tensor a, Tensor b) {
    Shape shape = common(function.word, a, b);
    return Pointwise.of(
        Expr.binary(function, arg(0), arg(1)), broadcast(a, shape), broadcast(b, shape));
  }

  private static Tensor map(Binary function, Tensor a, double b) {
    return Pointwise.compact(Expr.binary(function, arg(0), Expr.constant(b)), List.of(a));
  }

  public static Tensor add(Tensor a, Tensor b) {
    return map(Binary.ADD, a, b);
  }

  public static Tensor add(Tensor a, double b) {
    return map(Binary.ADD, a, b);
  }

  public static Tensor sub(Tensor a, Tensor b) {
    return map(Binary.SUB, a, b);
  }

  public static Tensor sub(Tensor a, double b) {
    return map(Binary.SUB, a, b);
  }

  public static Tensor mul(Tensor a, Tensor b) {
    return map(Binary.MUL, a, b);
  }

  public static Tensor mul(Tensor a, double b) {
    return map(Binary.MUL, a, b);
  }

  public static Tensor div(Tensor a, Tensor b) {
    return map(Binary.DIV, a, b);
  }

  public static Tensor div(Tensor a, double b) {
    return map(Binary.DIV, a, b);
  }

  public static Tensor pow(Tensor a, double b) {
    return map(Binary.POW, a, b);
  }

  public static Tensor pow(Tensor a, Tensor b) {
    return map(Binary.POW, a, b);
  }

  public static Tensor max(Tensor a, Tensor b) {
    return map(Binary.MAX, a, b);
  }

  public static Tensor max(Tensor a, double b) {
    return map(Binary.MAX, a, b);
  }

  public static Tensor min(Tensor a, Tensor b) {
    return map(Binary.MIN, a, b);
  }

  public static Tensor min(Tensor a, double b) {
    return map(Binary.MIN, a, b);
  }

  /** 1 where equal, 0 elsewhere. */
  public static Tensor equal(Tensor a, Tensor b) {
    return map(Binary.EQ, a, b);
  }

  /** 1 where a is greater, 0 elsewhere. */
  public static Tensor greater(Tensor a, Tensor b) {
    return map(Binary.GT, a, b);
  }

  /** x held between two bounds. */
  public static Tensor clip(Tensor x, double low, double high) {
    return min(max(x, low), high);
  }

  /** {@code yes} where the condition is not 0, {@code no} elsewhere. */
  public static Tensor select(Tensor condition, Tensor yes, Tensor no) {
    Shape shape = common("select", condition, yes, no);
    return Pointwise.of(
        Expr.select(arg(0), arg(1), arg(2)),
        broadcast(condition, shape),
        broadcast(yes, shape),
        broadcast(no, shape));
  }

  // Shapes

  /** The shape that the arguments of a pointwise function repeat to. */
  private static Shape common(String function, Tensor... arguments) {
    int rank = Stream.of(arguments).mapToInt(argument -> argument.shape().rank()).max().orElse(0);
    var dims = new int[rank];
    Arrays.fill(dims, 1);
    for (Tensor argument : arguments) {
      Shape shape = argument.shape().padded(rank);
      for (int axis = 0; axis < rank; axis++) {
        if (dims[axis] == 1) {
          dims[axis] = shape.dim(axis);
        } else if (shape.dim(axis) != 1 && shape.dim(axis) != dims[axis]) {
          throw new ShapeException(
              "%s cannot take %s: they do not repeat to a common shape"
                  .formatted(
                      function,
                      Stream.of(arguments).map(Tensor::describe).collect(joining(" and "))));
        }
      }
    }
    return Shape.of(dims);
  }

  /** The tensor repeated to a shape that has at least its rank. */
  public static Tensor broadcast(Tensor x, Shape shape) {
    if (x.shape().equals(shape)) {
      return x;
    }
    return Node.of(new Broadcast(shape), reshape(x, x.shape().padded(shape.rank())));
  }

  public static Tensor reshape(Tensor x, Shape shape) {
    return x.shape().equals(shape) ? x : Node.of(new Reshape(shape), x);
  }

  /** Axis k of the result is axis {@code order[k]} of x. */
  public static Tensor transpose(Tensor x, int... order) {
    return Node.of(new Transpose(order), x);
  }

  public static Tensor concat(int axis, Tensor... parts) {
    return parts.length == 1 ? parts[0] : new Node(new Concat(axis), List.of(parts)).output(0);
  }

  public static Tensor slice(Tensor x, int axis, int begin, int size) {
    return begin == 0 && size == x.shape().dim(axis) ? x : Node.of(new Slice(axis, begin, size), x);
  }

  /** Zeros before and after along one axis. */
  public static Tensor pad(Tensor x, int axis, int before, int after) {
    return Node.of(new Pad(axis, before, after), x);
  }

  /** One part of x along its first axis, which is dropped. */
  public static Tensor part(Tensor x, int index) {
    Shape shape = x.shape();
    return reshape(
        slice(x, 0, index, 1), Shape.of(Arrays.copyOfRange(shape.dims(), 1, shape.rank())));
  }

  // Reductions: reduced axes stay, with extent 1

  public static Tensor sum(Tensor x, int... axes) {
    return axes.length == 0 ? x : Node.of(reduce(Reduce.Kind.SUM, axes), x);
  }

  /** The maximum over axes; not named {@code max}, which takes a number and not an axis. */
  public static Tensor maxOver(Tensor x, int... axes) {
    return axes.length == 0 ? x : Node.of(reduce(Reduce.Kind.MAX, axes), x);
  }

  public static Tensor mean(Tensor x, int... axes) {
    double count = Arrays.stream(axes).map(x.shape()::dim).reduce(1, (a, b) -> a * b);
    return mul(sum(x, axes), 1 / count);
  }

  private static Reduce reduce(Reduce.Kind kind, int... axes) {
    return new Reduce(kind, Arrays.stream(axes).boxed().toList());
  }

  /** The sum of all elements, a scalar. */
  public static Tensor total(Tensor x) {
    return reshape(sum(x, IntStream.range(0, x.shape().rank()).toArray()), Shape.SCALAR);
  }

  /** The mean of all elements, a scalar. */
  public static Tensor mean(Tensor x) {
    return mul(total(x), 1.0 / x.shape().size());
  }

  /** log(sum(exp(x))) over one axis, which stays with extent 1; stable for large x. */
  public static Tensor logSumExp(Tensor x, int axis) {
    Tensor largest = stopGradient(maxOver(x, axis));
    return add(log(sum(exp(sub(x, largest)), axis)), largest);
  }

  /** Sums of squares of each sample: over all axes but the first, {@code [N]}. */
  public static Tensor squaredNorms(Tensor x) {
    int[] rest = IntStream.range(1, x.shape().rank()).toArray();
    return reshape(sum(square(x), rest), Shape.of(x.shape().dim(0)));
  }

  // Matrices, rows, constants

  public static Tensor matmul(Tensor a, Tensor b) {
    return matmul(a, false, b, false);
  }

  /** The matrix product of operands that are stored transposed where the flags say so. */
  public static Tensor matmul(Tensor a, boolean transposeA, Tensor b, boolean transposeB) {
    return Node.of(new MatMul(transposeA, transposeB), a, b);
  }

  /** The convolution of images {@code [N,H,W,C]} with filters {@code [R,S,C/groups,K]}. */
  public static Tensor conv2d(Tensor x, Tensor filters, Window window) {
    return Node.of(new Conv2d(window), x, filters);
  }

  /**
   * The transposed convolution of images {@code [N,P,Q,K]} with filters {@code [R,S,C/groups,K]}:
   * the smallest images that the window convolves to that size, and {@code outputPad} rows and
   * columns more at the lower right.
   */
  public static Tensor convTranspose2d(Tensor x, Tensor filters, Window window, int outputPad) {
    Convolution.checkRanks("image", x.shape(), "filter", filters.shape());
    int h = window.imageRows(x.shape().dim(1), filters.shape().dim(0)) + outputPad;
    int w = window.imageColumns(x.shape().dim(2), filters.shape().dim(1)) + outputPad;
    return Node.of(new Conv2dInput(window, h, w), x, filters);
  }

  /** Rows of a table, {@code [R, ...]} by index {@code [N]}. */
  public static Tensor gather(Tensor table, Tensor index) {
    return Node.of(new Gather(), table, index);
  }

  /** {@code [N]} class indices as {@code [N, classes]} of 0 and 1. */
  public static Tensor oneHot(Tensor index, int classes) {
    Tensor column = reshape(index, Shape.of(index.shape().dim(0), 1));
    return equal(column, reshape(iota(classes), Shape.of(1, classes)));
  }

  /** The same value, held constant under differentiation. */
  public static Tensor stopGradient(Tensor x) {
    return Node.of(new StopGradient(), x);
  }

  /** Cross-entropy {@code [N]} of logits {@code [N,k]} with class probabilities {@code [N,k]}. */
  public static Tensor softmaxCrossEntropy(Tensor logits, Tensor probabilities) {
    return Node.of(new SoftmaxCrossEntropy(), logits, probabilities);
  }
}
