// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;

/**
 * A pointwise expression: what one element of an output is, in the elements of the inputs at the
 * same index. Built with the static methods, which fold constants and drop neutral elements.
 */
public sealed interface Expr {
  /** The element of an input. */
  record Arg(int index) implements Expr {
    @Override
    public String toString() {
      return "x" + index;
    }
  }

  record Const(double value) implements Expr {
    static final Const ZERO = new Const(0);
    static final Const ONE = new Const(1);

    @Override
    public String toString() {
      return value == Math.rint(value) && Math.abs(value) < 1e9
          ? Long.toString((long) value)
          : Double.toString(value);
    }
  }

  record Call1(Unary function, Expr x) implements Expr {
    @Override
    public String toString() {
      return function.word + "(" + x + ")";
    }
  }

  record Call2(Binary function, Expr a, Expr b) implements Expr {
    @Override
    public String toString() {
      return function.word + "(" + a + ", " + b + ")";
    }
  }

  /** {@code yes} where the condition is not 0, {@code no} elsewhere; both are evaluated. */
  record Select(Expr condition, Expr yes, Expr no) implements Expr {
    @Override
    public String toString() {
      return "select(" + condition + ", " + yes + ", " + no + ")";
    }
  }

  static Expr arg(int index) {
    return new Arg(index);
  }

  static Expr constant(double value) {
    return new Const(value);
  }

  static Expr unary(Unary function, Expr x) {
    if (x instanceof Const c) {
      return constant(function.apply(c.value));
    }
    if (function == Unary.NEG && x instanceof Call1(Unary inner, Expr again) && inner == function) {
      return again;
    }
    return new Call1(function, x);
  }

  static Expr binary(Binary function, Expr a, Expr b) {
    if (a instanceof Const(double left) && b instanceof Const(double right)) {
      return constant(function.apply(left, right));
    }
    return switch (function) {
      case ADD -> isConst(a, 0) ? b : isConst(b, 0) ? a : new Call2(function, a, b);
      case SUB -> isConst(b, 0) ? a : isConst(a, 0) ? neg(b) : new Call2(function, a, b);
      case MUL -> product(a, b);
      case DIV -> isConst(b, 1) ? a : isConst(a, 0) ? Const.ZERO : new Call2(function, a, b);
      default -> new Call2(function, a, b);
    };
  }

  /** Zero times anything is taken for zero: it arises where a derivative vanishes. */
  private static Expr product(Expr a, Expr b) {
    if (isConst(a, 0) || isConst(b, 0)) {
      return Const.ZERO;
    }
    if (isConst(a, 1)) {
      return b;
    }
    if (isConst(b, 1)) {
      return a;
    }
    if (isConst(a, -1)) {
      return neg(b);
    }
    return isConst(b, -1) ? neg(a) : new Call2(Binary.MUL, a, b);
  }

  static Expr select(Expr condition, Expr yes, Expr no) {
    if (condition instanceof Const c) {
      return c.value != 0 ? yes : no;
    }
    return yes.equals(no) ? yes : new Select(condition, yes, no);
  }

  static Expr neg(Expr x) {
    return unary(Unary.NEG, x);
  }

  static Expr add(Expr a, Expr b) {
    return binary(Binary.ADD, a, b);
  }

  static Expr sub(Expr a, Expr b) {
    return binary(Binary.SUB, a, b);
  }

  static Expr mul(Expr a, Expr b) {
    return binary(Binary.MUL, a, b);
  }

  static Expr div(Expr a, Expr b) {
    return binary(Binary.DIV, a, b);
  }

  static boolean isConst(Expr e, double value) {
    return e instanceof Const c && c.value == value;
  }

  /** This expression with other expressions in the place of its inputs. */
  default Expr substitute(IntFunction<Expr> inputs) {
    return switch (this) {
      case Arg a -> inputs.apply(a.index);
      case Const c -> c;
      case Call1 c -> unary(c.function, c.x.substitute(inputs));
      case Call2 c -> binary(c.function, c.a.substitute(inputs), c.b.substitute(inputs));
      case Select s ->
          select(s.condition.substitute(inputs), s.yes.substitute(inputs), s.no.substitute(inputs));
    };
  }

  /** The parts this expression is directly made of. */
  default List<Expr> parts() {
    return switch (this) {
      case Arg a -> List.of();
      case Const c -> List.of();
      case Call1 c -> List.of(c.x);
      case Call2 c -> List.of(c.a, c.b);
      case Select s -> List.of(s.condition, s.yes, s.no);
    };
  }

  /** The inputs that occur. */
  default Set<Integer> arguments() {
    var found = new TreeSet<Integer>();
    if (this instanceof Arg a) {
      found.add(a.index);
    }
    parts().forEach(part -> found.addAll(part.arguments()));
    return found;
  }

  /** How many functions an element costs to compute. */
  default int operations() {
    int count = parts().isEmpty() ? 0 : 1;
    for (Expr part : parts()) {
      count += part.operations();
    }
    return count;
  }

  /**
   * The derivative with respect to an input.
   *
   * @param value an expression that stands for this one's value, so that a derivative that is short
   *     in terms of the value need not compute it again
   */
  default Expr derivative(int input, Expr value) {
    return switch (this) {
      case Arg a -> a.index == input ? Const.ONE : Const.ZERO;
      case Const c -> Const.ZERO;
      case Call1(Unary f, Expr x) -> mul(f.derivative(x, value), x.derivative(input, x));
      case Call2(Binary f, Expr a, Expr b) ->
          add(
              chain(f.leftDerivative(a, b, value), a.derivative(input, a)),
              chain(f.rightDerivative(a, b, value), b.derivative(input, b)));
      case Select(Expr condition, Expr yes, Expr no) ->
          select(condition, yes.derivative(input, yes), no.derivative(input, no));
    };
  }

  private static Expr chain(Expr outer, Expr inner) {
    return isConst(inner, 0) ? Const.ZERO : mul(outer, inner);
  }
}
