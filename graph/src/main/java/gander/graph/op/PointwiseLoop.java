// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Evaluates an expression over arrays: function by function over blocks that fit the cache, blocks
 * in parallel, an expression that occurs twice once.
 */
final class PointwiseLoop {
  /** Doubles a block: the blocks of a usual expression fit the first-level cache together. */
  private static final int BLOCK = 512;

  /** Blocks that one thread takes at a time. */
  private static final int BATCH = 32;

  /** One function, on the results of earlier ones. */
  private record Instruction(Expr expression, int[] arguments) {}

  private final List<Instruction> instructions = new ArrayList<>();
  private final Map<Expr, Integer> places = new HashMap<>();
  private final List<Values> inputs;

  private PointwiseLoop(List<Values> inputs) {
    this.inputs = inputs;
  }

  static double[] run(Expr expression, List<Values> inputs) {
    var loop = new PointwiseLoop(inputs);
    int result = loop.place(expression);
    int size = inputs.getFirst().shape().size();
    var y = new double[size];
    IntStream batches = IntStream.range(0, Math.ceilDiv(size, BLOCK * BATCH));
    (size > BLOCK * BATCH ? batches.parallel() : batches)
        .forEach(batch -> {
          var blocks = new double[loop.instructions.size()][BLOCK];
          int end = (int) Math.min(size, (batch + 1L) * BLOCK * BATCH);
          for (int begin = batch * BLOCK * BATCH; begin < end; begin += BLOCK) {
            int length = Math.min(BLOCK, end - begin);
            loop.evaluate(blocks, begin, length);
            System.arraycopy(blocks[result], 0, y, begin, length);
          }
        });
    return y;
  }

  private int place(Expr expression) {
    Integer known = places.get(expression);
    if (known != null) {
      return known;
    }
    int[] arguments = expression.parts().stream().mapToInt(this::place).toArray();
    instructions.add(new Instruction(expression, arguments));
    places.put(expression, instructions.size() - 1);
    return instructions.size() - 1;
  }

  private void evaluate(double[][] blocks, int begin, int length) {
    for (int at = 0; at < blocks.length; at++) {
      int[] arguments = instructions.get(at).arguments;
      double[] y = blocks[at];
      switch (instructions.get(at).expression) {
        case Expr.Arg a -> System.arraycopy(inputs.get(a.index()).data(), begin, y, 0, length);
        case Expr.Const c -> Arrays.fill(y, 0, length, c.value());
        case Expr.Call1 c -> unary(c.function(), blocks[arguments[0]], y, length);
        case Expr.Call2 c ->
            binary(c.function(), blocks[arguments[0]], blocks[arguments[1]], y, length);
        case Expr.Select s -> {
          double[] condition = blocks[arguments[0]];
          double[] yes = blocks[arguments[1]];
          double[] no = blocks[arguments[2]];
          for (int i = 0; i < length; i++) {
            y[i] = condition[i] != 0 ? yes[i] : no[i];
          }
        }
      }
    }
  }

  /** Arithmetic has loops of its own, which become vector instructions. */
  private static void unary(Unary function, double[] x, double[] y, int length) {
    switch (function) {
      case NEG -> {
        for (int i = 0; i < length; i++) {
          y[i] = -x[i];
        }
      }
      case SQUARE -> {
        for (int i = 0; i < length; i++) {
          y[i] = x[i] * x[i];
        }
      }
      case SQRT -> {
        for (int i = 0; i < length; i++) {
          y[i] = Math.sqrt(x[i]);
        }
      }
      default -> {
        for (int i = 0; i < length; i++) {
          y[i] = function.apply(x[i]);
        }
      }
    }
  }

  /** As above. */
  private static void binary(Binary function, double[] a, double[] b, double[] y, int length) {
    switch (function) {
      case ADD -> {
        for (int i = 0; i < length; i++) {
          y[i] = a[i] + b[i];
        }
      }
      case SUB -> {
        for (int i = 0; i < length; i++) {
          y[i] = a[i] - b[i];
        }
      }
      case MUL -> {
        for (int i = 0; i < length; i++) {
          y[i] = a[i] * b[i];
        }
      }
      case DIV -> {
        for (int i = 0; i < length; i++) {
          y[i] = a[i] / b[i];
        }
      }
      default -> {
        for (int i = 0; i < length; i++) {
          y[i] = function.apply(a[i], b[i]);
        }
      }
    }
  }
}
