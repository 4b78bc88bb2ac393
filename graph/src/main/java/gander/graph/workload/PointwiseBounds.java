// SPDX-License-Identifier: Apache-2.0
package gander.graph.workload;

import gander.graph.op.Binary;
import gander.graph.op.Expr;
import gander.graph.op.Shape;
import gander.graph.op.Unary;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Values and error bounds of one pointwise expression, function by function. */
final class PointwiseBounds {
  private final List<Bounded> inputs;
  private final Shape shape;
  private final int size;
  private final Map<Expr, Bounded> done = new HashMap<>();

  private PointwiseBounds(List<Bounded> inputs) {
    this.inputs = inputs;
    this.shape = inputs.getFirst().shape();
    this.size = shape.size();
  }

  static Bounded of(Expr expression, List<Bounded> inputs) {
    return new PointwiseBounds(inputs).bounds(expression);
  }

  private Bounded bounds(Expr e) {
    Bounded known = done.get(e);
    if (known == null) {
      known =
          switch (e) {
            case Expr.Arg a -> inputs.get(a.index());
            case Expr.Const c -> constant(c.value(), shape);
            case Expr.Call1(Unary f, Expr x) -> call(f, bounds(x));
            case Expr.Call2(Binary f, Expr a, Expr b) -> call(f, bounds(a), bounds(b));
            case Expr.Select(Expr condition, Expr yes, Expr no) ->
                select(bounds(condition), bounds(yes), bounds(no));
          };
      done.put(e, known);
    }
    return known;
  }

  /** A number of generated code: kernels have the nearest float. */
  static Bounded constant(double value, Shape shape) {
    var values = new double[shape.size()];
    var errors = new double[shape.size()];
    Arrays.fill(values, value);
    double error = Math.abs((float) value - value);
    Arrays.fill(errors, Double.isNaN(error) ? 0 : error);
    return new Bounded(shape, values, errors);
  }

  private Bounded call(Unary function, Bounded x) {
    var values = new double[size];
    var errors = new double[size];
    double ulps = Rounding.ulps(function);
    for (int i = 0; i < size; i++) {
      double inherited = Propagation.through(function, x.values()[i], x.errors()[i]);
      set(values, errors, i, function.apply(x.values()[i]), inherited, ulps);
    }
    return new Bounded(shape, values, errors);
  }

  private Bounded call(Binary function, Bounded a, Bounded b) {
    var values = new double[size];
    var errors = new double[size];
    double ulps = Rounding.ulps(function);
    for (int i = 0; i < size; i++) {
      double inherited =
          Propagation.through(function, a.values()[i], a.errors()[i], b.values()[i], b.errors()[i]);
      set(values, errors, i, function.apply(a.values()[i], b.values()[i]), inherited, ulps);
    }
    return new Bounded(shape, values, errors);
  }

  /** A value beyond the range of float is infinite from here on, as it is on a device. */
  private static void set(
      double[] values, double[] errors, int i, double value, double inherited, double ulps) {
    errors[i] = Rounding.total(value, inherited, ulps);
    values[i] = Math.abs(value) > Float.MAX_VALUE && errors[i] == 0 ? (float) value : value;
  }

  private Bounded select(Bounded condition, Bounded yes, Bounded no) {
    var values = new double[size];
    var errors = new double[size];
    for (int i = 0; i < size; i++) {
      boolean taken = condition.values()[i] != 0;
      Bounded chosen = taken ? yes : no;
      Bounded other = taken ? no : yes;
      values[i] = chosen.values()[i];
      errors[i] = chosen.errors()[i];
      boolean either =
          condition.errors()[i] > 0 && Math.abs(condition.values()[i]) <= condition.errors()[i];
      if (either) {
        double apart = Math.abs(other.values()[i] - values[i]) + other.errors()[i];
        errors[i] = Math.max(errors[i], Double.isNaN(apart) ? Double.POSITIVE_INFINITY : apart);
      }
    }
    return new Bounded(shape, values, errors);
  }
}
