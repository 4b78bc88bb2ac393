// SPDX-License-Identifier: Apache-2.0
package gander.graph.workload;

import gander.graph.op.Binary;
import gander.graph.op.Unary;

/**
 * What errors of operands become in one operation, exact arithmetic assumed: how far the result
 * moves at most when each operand moves by its error.
 */
final class Propagation {
  private Propagation() {}

  static double through(Unary function, double x, double error) {
    if (error == 0) {
      return 0;
    }
    if (!(error < Double.POSITIVE_INFINITY) || Double.isNaN(x)) {
      return Double.POSITIVE_INFINITY;
    }
    return switch (function) {
      case NEG, ABS -> error;
      case SIN, COS -> Math.min(error, 2);
      case SQUARE -> error * (2 * Math.abs(x) + error);
      case RECIP -> Math.abs(x) <= error ? Double.POSITIVE_INFINITY : ends(function, x, error);
      case SQRT -> x < error ? Double.POSITIVE_INFINITY : ends(function, x, error);
      case RSQRT, LOG -> x <= error ? Double.POSITIVE_INFINITY : ends(function, x, error);
      case LOG1P -> 1 + x <= error ? Double.POSITIVE_INFINITY : ends(function, x, error);
      // The rest never fall, or never rise.
      case SIGN, FLOOR, STEP, EXP, EXPM1, TANH, SIGMOID, SOFTPLUS, LOGSIGMOID, RELU ->
          ends(function, x, error);
    };
  }

  private static double ends(Unary function, double x, double error) {
    double y = function.apply(x);
    return Math.max(
        Math.abs(function.apply(x + error) - y), Math.abs(function.apply(x - error) - y));
  }

  static double through(Binary function, double a, double aError, double b, double bError) {
    if (aError == 0 && bError == 0) {
      return 0;
    }
    double both = aError + bError;
    if (!(both < Double.POSITIVE_INFINITY)) {
      return Double.POSITIVE_INFINITY;
    }
    return switch (function) {
      case ADD, SUB -> both;
      case MUL -> Math.abs(a) * bError + Math.abs(b) * aError + aError * bError;
      case MAX, MIN -> Math.max(aError, bError);
      case LRELU -> corners(function, a, aError, b, bError);
      case DIV ->
          Math.abs(b) <= bError
              ? Double.POSITIVE_INFINITY
              : corners(function, a, aError, b, bError);
      case POW -> a <= aError ? Double.POSITIVE_INFINITY : corners(function, a, aError, b, bError);
      case EQ, NE, LT, LE, GT, GE -> Math.abs(a - b) <= both ? 1 : 0;
    };
  }

  /** For functions that neither turn nor jump in either argument within the errors. */
  private static double corners(Binary function, double a, double aError, double b, double bError) {
    double y = function.apply(a, b);
    double most = 0;
    for (int corner = 0; corner < 4; corner++) {
      double at =
          function.apply(
              (corner & 1) == 0 ? a - aError : a + aError,
              (corner & 2) == 0 ? b - bError : b + bError);
      most = Math.max(most, Math.abs(at - y));
    }
    return most;
  }
}
