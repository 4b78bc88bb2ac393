// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import static gander.graph.op.Expr.Const.ONE;
import static gander.graph.op.Expr.Const.ZERO;
import static gander.graph.op.Expr.add;
import static gander.graph.op.Expr.binary;
import static gander.graph.op.Expr.constant;
import static gander.graph.op.Expr.div;
import static gander.graph.op.Expr.mul;
import static gander.graph.op.Expr.neg;
import static gander.graph.op.Expr.select;
import static gander.graph.op.Expr.sub;
import static gander.graph.op.Expr.unary;

import java.util.function.DoubleBinaryOperator;

/**
 * The pointwise functions of two arguments: value in double precision, and both derivatives. A
 * kernel calls the function of the same word in {@code kernels/include/functions.h}. Comparisons
 * give 1 or 0.
 */
public enum Binary {
  ADD("add", Double::sum),
  SUB("sub", (a, b) -> a - b),
  MUL("mul", (a, b) -> a * b),
  DIV("div", (a, b) -> a / b),
  POW("pow", Math::pow),
  /** The larger; at a tie the gradient is shared equally. */
  MAX("max", Math::max),
  /** The smaller; at a tie the gradient is shared equally. */
  MIN("min", Math::min),
  /**
   * x where x is positive, slope x elsewhere, for a slope of at least 0: so y has the sign of x.
   */
  LRELU("lrelu", (x, slope) -> x > 0 ? x : slope * x),
  EQ("eq", (a, b) -> a == b ? 1 : 0),
  NE("ne", (a, b) -> a != b ? 1 : 0),
  LT("lt", (a, b) -> a < b ? 1 : 0),
  LE("le", (a, b) -> a <= b ? 1 : 0),
  GT("gt", (a, b) -> a > b ? 1 : 0),
  GE("ge", (a, b) -> a >= b ? 1 : 0);

  /** The word in generated code and in {@code --explain}. */
  public final String word;

  private final DoubleBinaryOperator value;

  Binary(String word, DoubleBinaryOperator value) {
    this.word = word;
    this.value = value;
  }

  public double apply(double a, double b) {
    return value.applyAsDouble(a, b);
  }

  /** The derivative with respect to a, where y is this function's value. */
  Expr leftDerivative(Expr a, Expr b, Expr y) {
    return switch (this) {
      case ADD, SUB -> ONE;
      case MUL -> b;
      case DIV -> div(ONE, b);
      case POW -> mul(b, binary(POW, a, sub(b, ONE)));
      case MAX -> share(GT, a, b);
      case MIN -> share(LT, a, b);
      case LRELU -> select(binary(GT, y, ZERO), ONE, b);
      case EQ, NE, LT, LE, GT, GE -> ZERO;
    };
  }

  /** The derivative with respect to b, where y is this function's value. */
  Expr rightDerivative(Expr a, Expr b, Expr y) {
    return switch (this) {
      case ADD -> ONE;
      case SUB -> constant(-1);
      case MUL -> a;
      case DIV -> neg(div(y, b));
      case POW -> mul(y, unary(Unary.LOG, a));
      case MAX -> share(GT, b, a);
      case MIN -> share(LT, b, a);
      case LRELU -> select(binary(GT, a, ZERO), ZERO, a);
      case EQ, NE, LT, LE, GT, GE -> ZERO;
    };
  }

  /** 1 where {@code first} wins, 1/2 at a tie, 0 elsewhere. */
  private static Expr share(Binary wins, Expr first, Expr second) {
    return add(binary(wins, first, second), mul(constant(0.5), binary(Binary.EQ, first, second)));
  }
}
