// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code y[i] = f(x0[i], x1[i], ...)} for tensors of one shape: the op {@code map}.
 *
 * <p>Gradient: {@code dx_k = dy * df/dx_k}, again a map, of the inputs, y and dy. No hand-written
 * kernel serves a map; the compiler generates the body of the dialect's template.
 *
 * @param inputs how many tensors it takes
 */
public record Pointwise(Expr expression, int inputs) implements Op {
  /** {@code y = x}. */
  public static final Pointwise COPY = new Pointwise(Expr.arg(0), 1);

  /** A map node, its arguments used once each in the order given. */
  public static Tensor of(Expr expression, Tensor... inputs) {
    return Node.of(new Pointwise(expression, inputs.length), inputs);
  }

  @Override
  public String name() {
    return "map";
  }

  @Override
  public String describe() {
    return "map " + expression;
  }

  @Override
  public List<Shape> shapes(List<Shape> given) {
    ShapeException.check(
        given.size() == inputs && inputs > 0,
        "%s takes %d tensors, not %d",
        describe(),
        inputs,
        given.size());
    for (Shape shape : given) {
      ShapeException.check(
          shape.equals(given.getFirst()),
          "shapes %s and %s differ (broadcast one to the other)",
          given.getFirst(),
          shape);
    }
    return List.of(given.getFirst());
  }

  @Override
  public List<@Nullable Tensor> gradient(Node node, List<@Nullable Tensor> gradients) {
    Tensor dy = gradients.getFirst();
    if (dy == null) {
      return Collections.nCopies(inputs, null);
    }
    // Inputs are arguments 0..n-1, the value is argument n, dy argument n+1.
    var available = new ArrayList<>(node.inputs());
    available.add(node.output(0));
    available.add(dy);
    var result = new ArrayList<@Nullable Tensor>();
    for (int k = 0; k < inputs; k++) {
      Expr slope = expression.derivative(k, Expr.arg(inputs));
      result.add(
          Expr.isConst(slope, 0)
              ? null
              : compact(Expr.mul(Expr.arg(inputs + 1), slope), available));
    }
    return result;
  }

  /** The expression as a node that takes only the tensors it uses. */
  public static Tensor compact(Expr expression, List<Tensor> available) {
    List<Integer> used = List.copyOf(expression.arguments());
    if (used.isEmpty()) {
      double value = ((Expr.Const) expression).value();
      return Node.of(new Constant(value, available.getFirst().shape()));
    }
    if (expression instanceof Expr.Arg a) {
      return available.get(a.index());
    }
    Expr renumbered = expression.substitute(index -> Expr.arg(used.indexOf(index)));
    return of(renumbered, used.stream().map(available::get).toArray(Tensor[]::new));
  }

  @Override
  public List<Values> reference(List<Values> given) {
    return List.of(new Values(given.getFirst().shape(), PointwiseLoop.run(expression, given)));
  }

  @Override
  public Cost cost(List<Shape> given, List<Shape> outputs) {
    return Cost.streaming(
        (long) expression.operations() * outputs.getFirst().size(), given, outputs);
  }

  static List<Sample> samples() {
    var samples = new ArrayList<Sample>();
    for (Unary function : Unary.values()) {
      var op = new Pointwise(Expr.unary(function, Expr.arg(0)), 1);
      boolean positive =
          switch (function) {
            case SQRT, RSQRT, LOG, LOG1P, RECIP -> true;
            default -> false;
          };
      Sample.Content usual = positive ? Sample.Content.POSITIVE : Sample.Content.NORMAL;
      samples.add(Sample.of(op, Sample.given(usual, 7)));
      samples.add(Sample.of(op, Sample.given(usual, 3, 1037)));
      if (positive) {
        // Too many for differences, which would say nothing of a function this steep.
        samples.add(Sample.of(op, Sample.given(Sample.Content.ANY_EXPONENT, 500)));
      } else {
        samples.add(Sample.of(op, Sample.given(Sample.Content.TIES, 5, 4)));
        samples.add(Sample.of(op, Sample.given(Sample.Content.OUTLIERS, 2, 50)));
      }
    }
    for (Binary function : Binary.values()) {
      var op = new Pointwise(Expr.binary(function, Expr.arg(0), Expr.arg(1)), 2);
      Sample.Content left =
          function == Binary.POW ? Sample.Content.POSITIVE : Sample.Content.NORMAL;
      boolean sign = function == Binary.DIV || function == Binary.LRELU;
      Sample.Content right = sign ? Sample.Content.POSITIVE : Sample.Content.NORMAL;
      samples.add(Sample.of(op, Sample.given(left, 33), Sample.given(right, 33)));
      if (left == right) {
        Sample.Given ties = Sample.given(Sample.Content.TIES, 40);
        samples.add(Sample.of(op, ties, ties));
      }
    }
    Expr choice = Expr.select(Expr.arg(0), Expr.arg(1), Expr.arg(2));
    Sample.Given ties = Sample.given(Sample.Content.TIES, 6, 5);
    samples.add(
        Sample.of(new Pointwise(choice, 3), ties, Sample.normal(6, 5), Sample.normal(6, 5)));
    return samples;
  }
}
