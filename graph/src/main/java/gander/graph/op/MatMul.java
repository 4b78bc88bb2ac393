// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The matrix product {@code y[b,m,n] = sum_k A[b,m,k] B[b,k,n]} of matrices {@code [M,K] x [K,N]}
 * or of batches of them {@code [B,M,K] x [B,K,N]}.
 *
 * <p>Gradients: {@code dA = dY B'} and {@code dB = A' dY}, again matrix products. An operand may be
 * stored transposed, so that none of this moves data.
 *
 * @param transposeA the first operand is stored as {@code [K,M]}
 * @param transposeB the second operand is stored as {@code [N,K]}
 */
public record MatMul(boolean transposeA, boolean transposeB) implements Op {
  @Override
  public String name() {
    return "matmul";
  }

  @Override
  public String describe() {
    return "matmul" + (transposeA ? " A'" : "") + (transposeB ? " B'" : "");
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    Shape a = inputs.get(0);
    Shape b = inputs.get(1);
    ShapeException.check(
        a.rank() == b.rank() && (a.rank() == 2 || a.rank() == 3),
        "%s and %s are not two matrices or two batches of matrices",
        a,
        b);
    ShapeException.check(
        depth(a) == b.dim(transposeB ? -1 : -2),
        "inner sizes %d and %d differ",
        depth(a),
        b.dim(transposeB ? -1 : -2));
    ShapeException.check(
        a.rank() == 2 || a.dim(0) == b.dim(0), "batch sizes %d and %d differ", a.dim(0), b.dim(0));
    int m = a.dim(transposeA ? -1 : -2);
    int n = b.dim(transposeB ? -2 : -1);
    return List.of(a.rank() == 2 ? Shape.of(m, n) : Shape.of(a.dim(0), m, n));
  }

  private int depth(Shape a) {
    return a.dim(transposeA ? -2 : -1);
  }

  @Override
  public List<@Nullable Tensor> gradient(Node node, List<@Nullable Tensor> gradients) {
    Tensor dy = gradients.getFirst();
    var result = new ArrayList<@Nullable Tensor>();
    if (dy == null) {
      result.add(null);
      result.add(null);
      return result;
    }
    Tensor a = node.input(0);
    Tensor b = node.input(1);
    result.add(
        transposeA
            ? Node.of(new MatMul(transposeB, true), b, dy)
            : Node.of(new MatMul(false, !transposeB), dy, b));
    result.add(
        transposeB
            ? Node.of(new MatMul(true, transposeA), dy, a)
            : Node.of(new MatMul(!transposeA, false), a, dy));
    return result;
  }

  @Override
  public List<Values> reference(List<Values> inputs) {
    Shape shape = shapes(inputs.stream().map(Values::shape).toList()).getFirst();
    double[] a = rows(inputs.get(0), transposeA);
    double[] b = rows(inputs.get(1), transposeB);
    int k = depth(inputs.get(0).shape());
    int m = shape.dim(-2);
    int n = shape.dim(-1);
    var y = new double[shape.size()];
    int pairs = Math.ceilDiv(m, 2);
    // On all cores, two rows of y at a time: each is a sum of rows of B in ascending k.
    IntStream.range(0, shape.size() / n / m * pairs)
        .parallel()
        .forEach(pair -> {
          int batch = pair / pairs;
          int first = batch * m + pair % pairs * 2;
          int second = Math.min(first + 1, batch * m + m - 1);
          if (first == second) {
            addRow(a, first * k, k, b, batch * k * n, n, y, first * n);
          } else {
            addRows(a, first * k, k, b, batch * k * n, n, y, first * n);
          }
        });
    return List.of(new Values(shape, y));
  }

  private static void addRow(
      double[] a, int aAt, int k, double[] b, int bAt, int n, double[] y, int yAt) {
    for (int depth = 0; depth < k; depth++) {
      double factor = a[aAt + depth];
      int from = bAt + depth * n;
      for (int column = 0; column < n; column++) {
        y[yAt + column] += factor * b[from + column];
      }
    }
  }

  /** Two neighbouring rows, four rows of B at a time: twice as fast as one by one. */
  private static void addRows(
      double[] a, int aAt, int k, double[] b, int bAt, int n, double[] y, int yAt) {
    int depth = 0;
    for (; depth + 4 <= k; depth += 4) {
      int p = aAt + depth;
      int q = p + k;
      int from = bAt + depth * n;
      addFour(
          a[p], a[p + 1], a[p + 2], a[p + 3], a[q], a[q + 1], a[q + 2], a[q + 3], b, from, n, y,
          yAt);
    }
    for (; depth < k; depth++) {
      for (int column = 0; column < n; column++) {
        double value = b[bAt + depth * n + column];
        y[yAt + column] += a[aAt + depth] * value;
        y[yAt + n + column] += a[aAt + k + depth] * value;
      }
    }
  }

  private static void addFour(
      double p0,
      double p1,
      double p2,
      double p3,
      double q0,
      double q1,
      double q2,
      double q3,
      double[] b,
      int from,
      int n,
      double[] y,
      int yAt) {
    for (int column = 0; column < n; column++) {
      double b0 = b[from + column];
      double b1 = b[from + n + column];
      double b2 = b[from + 2 * n + column];
      double b3 = b[from + 3 * n + column];
      y[yAt + column] += p0 * b0 + p1 * b1 + p2 * b2 + p3 * b3;
      y[yAt + n + column] += q0 * b0 + q1 * b1 + q2 * b2 + q3 * b3;
    }
  }

  private static double[] rows(Values x, boolean transposed) {
    if (!transposed) {
      return x.data();
    }
    Transpose swap = x.shape().rank() == 2 ? new Transpose(1, 0) : new Transpose(0, 2, 1);
    return swap.reference(List.of(x)).getFirst().data();
  }

  @Override
  public Cost cost(List<Shape> inputs, List<Shape> outputs) {
    return Cost.streaming(
        2L * outputs.getFirst().size() * depth(inputs.getFirst()), inputs, outputs);
  }

  @Override
  public Contract contract(List<Shape> inputs, List<Shape> outputs) {
    Shape a = inputs.get(0);
    Shape b = inputs.get(1);
    Shape y = outputs.getFirst();
    int batch = y.rank() == 3 ? y.dim(0) : 1;
    return Contract.of(name())
        .dim("B", batch)
        .dim("M", y.dim(-2))
        .dim("N", y.dim(-1))
        .dim("K", depth(a))
        .dim("TA", transposeA)
        .dim("TB", transposeB)
        .hookedInput("a", batch, a.dim(-2), a.dim(-1))
        .hookedInput("b", batch, b.dim(-2), b.dim(-1))
        .hookedOutput("y", batch, y.dim(-2), y.dim(-1))
        .build();
  }

  static List<Sample> samples() {
    var samples = new ArrayList<Sample>();
    int[][] small = {{1, 1, 1}, {1, 1, 5}, {3, 1, 2}, {1, 4, 3}, {2, 3, 4}};
    int[][] large = {
      {5, 17, 33},
      {16, 16, 16},
      {31, 50, 100},
      {33, 1, 256},
      {128, 784, 1},
      {100, 48, 37},
      {128, 256, 784},
      {784, 256, 128},
      {64, 300, 130}
    };
    for (int[] size : Stream.concat(Stream.of(small), Stream.of(large)).toList()) {
      int m = size[0];
      int n = size[1];
      int k = size[2];
      samples.add(Sample.of(new MatMul(false, false), Sample.normal(m, k), Sample.normal(k, n)));
      samples.add(Sample.of(new MatMul(true, false), Sample.normal(k, m), Sample.normal(k, n)));
      samples.add(Sample.of(new MatMul(false, true), Sample.normal(m, k), Sample.normal(n, k)));
      samples.add(Sample.of(new MatMul(true, true), Sample.normal(k, m), Sample.normal(n, k)));
    }
    samples.add(
        Sample.of(
            new MatMul(false, false),
            Sample.given(Sample.Content.OUTLIERS, 20, 40),
            Sample.given(Sample.Content.OUTLIERS, 40, 18)));
    samples.add(
        Sample.of(new MatMul(false, false), Sample.normal(3, 2, 4), Sample.normal(3, 4, 5)));
    samples.add(Sample.of(new MatMul(true, true), Sample.normal(2, 3, 4), Sample.normal(2, 5, 3)));
    samples.add(
        Sample.of(new MatMul(false, true), Sample.normal(5, 40, 33), Sample.normal(5, 50, 33)));
    // Deeper than a cache holds: kernels walk over K in slabs.
    samples.add(
        Sample.of(new MatMul(false, false), Sample.normal(9, 2100), Sample.normal(2100, 70)));
    samples.add(Sample.of(new MatMul(true, true), Sample.normal(2100, 9), Sample.normal(70, 2100)));
    return samples;
  }
}
