// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Where ops have no derivative in the usual sense. What an op answers there is a convention, tested
 * on its own; central differences see the mean of both sides, or a jump.
 */
final class Kinks {
  /** Twice what an element is moved by, so that two moved elements count as meeting. */
  private static final double NEAR = 4 * Differences.STEP;

  private Kinks() {}

  /** Whether moving an element of an op's input crosses one of its kinks. */
  static boolean within(Op op, List<Values> at, int input, int element) {
    return switch (op) {
      case Pointwise map ->
          within(
              map.expression(),
              at.stream().mapToDouble(values -> values.data()[element]).toArray());
      case Reduce reduce when reduce.kind() == Reduce.Kind.MAX ->
          isTied(reduce, at.getFirst(), element);
      default -> false;
    };
  }

  /** Whether an element is a maximum and another of the same run of elements is it too. */
  private static boolean isTied(Reduce reduce, Values x, int element) {
    double most =
        IntStream.range(0, x.data().length)
            .filter(i -> kept(reduce, x.shape(), i) == kept(reduce, x.shape(), element))
            .mapToDouble(i -> x.data()[i])
            .max()
            .orElseThrow();
    long near =
        IntStream.range(0, x.data().length)
            .filter(i -> kept(reduce, x.shape(), i) == kept(reduce, x.shape(), element))
            .filter(i -> isNear(x.data()[i], most))
            .count();
    return near > 1 && isNear(x.data()[element], most);
  }

  /** Where an element is along the axes that are not reduced. */
  private static int kept(Reduce reduce, Shape shape, int element) {
    int[] strides = shape.strides();
    return IntStream.range(0, shape.rank())
        .filter(axis -> !reduce.axes().contains(axis))
        .map(axis -> element / strides[axis] % shape.dim(axis) * strides[axis])
        .sum();
  }

  private static boolean within(Expr e, double[] x) {
    if (e.parts().stream().anyMatch(part -> within(part, x))) {
      return true;
    }
    return switch (e) {
      case Expr.Call1(Unary function, Expr a) ->
          switch (function) {
            case ABS, SIGN, STEP, RELU -> isNear(value(a, x), 0);
            case FLOOR -> isNear(value(a, x), Math.rint(value(a, x)));
            default -> false;
          };
      case Expr.Call2(Binary function, Expr a, Expr b) ->
          switch (function) {
            case MAX, MIN, EQ, NE, LT, LE, GT, GE -> isNear(value(a, x), value(b, x));
            case LRELU -> isNear(value(a, x), 0);
            default -> false;
          };
      case Expr.Select(Expr condition, Expr yes, Expr no) -> isNear(value(condition, x), 0);
      default -> false;
    };
  }

  private static boolean isNear(double a, double b) {
    return Math.abs(a - b) < NEAR;
  }

  private static double value(Expr e, double[] x) {
    return switch (e) {
      case Expr.Arg a -> x[a.index()];
      case Expr.Const c -> c.value();
      case Expr.Call1(Unary function, Expr a) -> function.apply(value(a, x));
      case Expr.Call2(Binary function, Expr a, Expr b) -> function.apply(value(a, x), value(b, x));
      case Expr.Select(Expr condition, Expr yes, Expr no) ->
          value(condition, x) != 0 ? value(yes, x) : value(no, x);
    };
  }
}
