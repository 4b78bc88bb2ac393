// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.ArrayList;
import java.util.Arrays;
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
    return a.dim(depthAxis());
  }

  /** The axis of the first operand that is summed over, counted from the end. */
  public int depthAxis() {
    return transposeA ? -2 : -1;
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
    int m = shape.dim(-2);
    int n = shape.dim(-1);
    int k = depth(inputs.get(0).shape());
    double[][] a = rows(inputs.get(0), transposeA);
    double[][] b = rows(inputs.get(1), transposeB);
    var y = new double[a.length][n];
    // On all cores, two rows of y at a time: each is a sum of rows of B in ascending k.
    int pairs = Math.ceilDiv(m, 2);
    IntStream.range(0, a.length / m * pairs)
        .parallel()
        .forEach(pair -> {
          int batch = pair / pairs;
          int first = batch * m + pair % pairs * 2;
          int second = Math.min(first + 1, batch * m + m - 1);
          double[] unused = first == second ? new double[n] : y[second];
          addRows(a[first], a[second], b, batch * k, y[first], unused);
        });
    var data = new double[shape.size()];
    for (int row = 0; row < y.length; row++) {
      System.arraycopy(y[row], 0, data, row * n, n);
    }
    return List.of(new Values(shape, data));
  }

  /** The rows of all matrices, each an array of its own: only so are loops over them vectorised. */
  private static double[][] rows(Values x, boolean transposed) {
    int height = x.shape().dim(-2);
    int width = x.shape().dim(-1);
    int matrix = height * width;
    double[] data = x.data();
    var rows = new double[data.length / (transposed ? height : width)][];
    for (int row = 0; row < rows.length; row++) {
      if (!transposed) {
        rows[row] = Arrays.copyOfRange(data, row * width, (row + 1) * width);
        continue;
      }
      rows[row] = new double[height];
      int at = row / width * matrix + row % width;
      for (int i = 0; i < height; i++) {
        rows[row][i] = data[at + i * width];
      }
    }
    return rows;
  }

  /** y += p B and z += q B, four rows of B at a time. */
  private static void addRows(
      double[] p, double[] q, double[][] b, int from, double[] y, double[] z) {
    int depth = 0;
    for (; depth + 4 <= p.length; depth += 4) {
      addFour(p, depth, b, from + depth, y);
      addFour(q, depth, b, from + depth, z);
    }
    for (; depth < p.length; depth++) {
      double[] row = b[from + depth];
      for (int column = 0; column < y.length; column++) {
        y[column] += p[depth] * row[column];
        z[column] += q[depth] * row[column];
      }
    }
  }

  private static void addFour(double[] p, int depth, double[][] b, int from, double[] y) {
    double p0 = p[depth];
    double p1 = p[depth + 1];
    double p2 = p[depth + 2];
    double p3 = p[depth + 3];
    double[] b0 = b[from];
    double[] b1 = b[from + 1];
    double[] b2 = b[from + 2];
    double[] b3 = b[from + 3];
    for (int column = 0; column < y.length; column++) {
      y[column] += p0 * b0[column] + p1 * b1[column] + p2 * b2[column] + p3 * b3[column];
    }
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

  /**
   * A square product, and the layers of multilayer perceptrons at batch 128, each as it is in the
   * forward pass, in the gradient of its input and in that of its weight.
   */
  static List<Sample> largeSamples() {
    var samples = new ArrayList<Sample>();
    int[][] sizes = {
      {1024, 1024, 1024}, {128, 1024, 784}, {128, 784, 1024}, {128, 1024, 512}, {128, 512, 784}
    };
    for (int[] size : sizes) {
      int m = size[0];
      int n = size[1];
      int k = size[2];
      samples.add(Sample.of(new MatMul(false, false), Sample.normal(m, k), Sample.normal(k, n)));
      samples.add(Sample.of(new MatMul(false, true), Sample.normal(m, n), Sample.normal(k, n)));
      samples.add(Sample.of(new MatMul(true, false), Sample.normal(m, k), Sample.normal(m, n)));
    }
    return samples;
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
    // Several slabs of a kernel's local memory, second: memory checkers come no further than this.
    samples.add(1, Sample.of(new MatMul(false, true), Sample.normal(2, 72), Sample.normal(3, 72)));
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
