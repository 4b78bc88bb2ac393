// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import static gander.graph.op.Expr.Const.ONE;
import static gander.graph.op.Expr.Const.ZERO;
import static gander.graph.op.Expr.add;
import static gander.graph.op.Expr.constant;
import static gander.graph.op.Expr.div;
import static gander.graph.op.Expr.mul;
import static gander.graph.op.Expr.neg;
import static gander.graph.op.Expr.sub;
import static gander.graph.op.Expr.unary;

import java.util.function.DoubleUnaryOperator;

/**
 * The pointwise functions of one argument: value in double precision, and derivative. A kernel
 * calls the function of the same word in {@code kernels/include/functions.h}.
 *
 * <p>A derivative is written in the argument x and the value y, whichever needs less work and less
 * memory; {@code relu} and its kin use y, so that x need not be kept.
 */
public enum Unary {
  NEG("neg", x -> -x),
  ABS("abs", Math::abs),
  SIGN("sign", x -> Double.isNaN(x) ? x : Math.signum(x)),
  FLOOR("floor", Math::floor),
  /** 1 where x is positive, 0 elsewhere. */
  STEP("step", x -> x > 0 ? 1 : 0),
  SQUARE("square", x -> x * x),
  SQRT("sqrt", Math::sqrt),
  /** 1 / sqrt(x). */
  RSQRT("rsqrt", x -> 1 / Math.sqrt(x)),
  RECIP("recip", x -> 1 / x),
  EXP("exp", Math::exp),
  EXPM1("expm1", Math::expm1),
  LOG("log", Math::log),
  LOG1P("log1p", Math::log1p),
  SIN("sin", Math::sin),
  COS("cos", Math::cos),
  TANH("tanh", Math::tanh),
  SIGMOID("sigmoid", Unary::sigmoid),
  /** log(1 + exp(x)), without overflow. */
  SOFTPLUS("softplus", Unary::softplus),
  /** log(sigmoid(x)) = -softplus(-x). */
  LOGSIGMOID("logsigmoid", x -> -softplus(-x)),
  RELU("relu", x -> x > 0 ? x : x <= 0 ? 0 : x);

  /** The word in generated code and in {@code --explain}. */
  public final String word;

  private final DoubleUnaryOperator value;

  Unary(String word, DoubleUnaryOperator value) {
    this.word = word;
    this.value = value;
  }

  public double apply(double x) {
    return value.applyAsDouble(x);
  }

  /**
   * The derivative at x, where y is this function's value.
   *
   * @return an expression in {@code x} and {@code y}
   */
  Expr derivative(Expr x, Expr y) {
    return switch (this) {
      case NEG -> constant(-1);
      case ABS -> unary(SIGN, x);
      case SIGN, FLOOR, STEP -> ZERO;
      case SQUARE -> mul(constant(2), x);
      case SQRT -> div(constant(0.5), y);
      case RSQRT -> mul(constant(-0.5), mul(y, mul(y, y)));
      case RECIP -> neg(mul(y, y));
      case EXP -> y;
      case EXPM1 -> add(y, ONE);
      case LOG -> div(ONE, x);
      case LOG1P -> div(ONE, add(x, ONE));
      case SIN -> unary(COS, x);
      case COS -> neg(unary(SIN, x));
      case TANH -> sub(ONE, mul(y, y));
      case SIGMOID -> mul(y, sub(ONE, y));
      case SOFTPLUS -> unary(SIGMOID, x);
      case LOGSIGMOID -> unary(SIGMOID, neg(x));
      case RELU -> unary(STEP, y);
    };
  }

  private static double sigmoid(double x) {
    double e = Math.exp(-Math.abs(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }
}
