// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Evaluates an expression over arrays: function by function over blocks that fit the cache, blocks
 * in parallel.
 */
final class PointwiseLoop {
  /** Doubles a block: a few blocks of it fit the first-level cache. */
  private static final int BLOCK = 1024;

  private PointwiseLoop() {}

  static double[] run(Expr expression, List<Values> inputs) {
    int size = inputs.getFirst().shape().size();
    var result = new double[size];
    int blocks = (size + BLOCK - 1) / BLOCK;
    IntStream range = IntStream.range(0, blocks);
    (blocks > 8 ? range.parallel() : range)
        .forEach(block -> {
          int begin = block * BLOCK;
          int length = Math.min(BLOCK, size - begin);
          double[] values = evaluate(expression, inputs, begin, length, new HashMap<>());
          System.arraycopy(values, 0, result, begin, length);
        });
    return result;
  }

  private static double[] evaluate(
      Expr e, List<Values> inputs, int begin, int length, Map<Expr, double[]> done) {
    double[] known = done.get(e);
    if (known != null) {
      return known;
    }
    var y = new double[length];
    switch (e) {
      case Expr.Arg a -> System.arraycopy(inputs.get(a.index()).data(), begin, y, 0, length);
      case Expr.Const c -> java.util.Arrays.fill(y, c.value());
      case Expr.Call1(Unary f, Expr x) -> {
        double[] xs = evaluate(x, inputs, begin, length, done);
        for (int i = 0; i < length; i++) {
          y[i] = f.apply(xs[i]);
        }
      }
      case Expr.Call2(Binary f, Expr a, Expr b) -> {
        double[] as = evaluate(a, inputs, begin, length, done);
        double[] bs = evaluate(b, inputs, begin, length, done);
        for (int i = 0; i < length; i++) {
          y[i] = f.apply(as[i], bs[i]);
        }
      }
      case Expr.Select(Expr condition, Expr yes, Expr no) -> {
        double[] conditions = evaluate(condition, inputs, begin, length, done);
        double[] ys = evaluate(yes, inputs, begin, length, done);
        double[] ns = evaluate(no, inputs, begin, length, done);
        for (int i = 0; i < length; i++) {
          y[i] = conditions[i] != 0 ? ys[i] : ns[i];
        }
      }
    }
    done.put(e, y);
    return y;
  }
}
