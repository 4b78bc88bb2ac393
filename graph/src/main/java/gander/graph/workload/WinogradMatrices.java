// SPDX-License-Identifier: Apache-2.0
package gander.graph.workload;

import java.util.Arrays;

/**
 * The matrices of Winograd's minimal filtering (Lavin and Gray 2016; the construction is Toom and
 * Cook's): {@code made} results of a filter of {@code taps} from {@code edge = made + taps - 1}
 * products, {@code y = sums ((filter g) * (data d))}. The results are the coefficients of a product
 * of polynomials seen from the other side, so that each point, infinity included, has a row: of
 * {@code filter} the filter's value there, over the differences to the other points; of {@code
 * data} the coefficients of the polynomial that is zero at the other points; of {@code sums} a
 * column of the powers of the point.
 *
 * @param data {@code [edge,edge]}
 * @param filter {@code [edge,taps]}
 * @param sums {@code [made,edge]}
 */
record WinogradMatrices(double[][] data, double[][] filter, double[][] sums) {

  /** The finite points, as {@code kernels/include/winograd.h} has them. */
  private static double[] points(int edge) {
    return switch (edge) {
      case 3 -> new double[] {0, 1};
      case 4 -> new double[] {0, 1, -1};
      case 5 -> new double[] {0, 0.75, -0.75, 1.5};
      case 6 -> new double[] {0, 0.75, -0.75, 1.5, -1.5};
      default -> throw new IllegalArgumentException("no points for squares of " + edge);
    };
  }

  static WinogradMatrices of(int made, int taps) {
    int edge = made + taps - 1;
    double[] points = points(edge);
    var data = new double[edge][edge];
    var filter = new double[edge][taps];
    var sums = new double[made][edge];
    for (int i = 0; i < edge - 1; i++) {
      double[] polynomial = {1};
      double differences = 1;
      for (int j = 0; j < edge - 1; j++) {
        if (j != i) {
          polynomial = timesRoot(polynomial, points[j]);
          differences *= points[i] - points[j];
        }
      }
      System.arraycopy(polynomial, 0, data[i], 0, polynomial.length);
      for (int t = 0; t < taps; t++) {
        filter[i][t] = Math.pow(points[i], t) / differences;
      }
      for (int m = 0; m < made; m++) {
        sums[m][i] = Math.pow(points[i], m);
      }
    }
    double[] all = {1};
    for (double point : points) {
      all = timesRoot(all, point);
    }
    data[edge - 1] = all;
    filter[edge - 1][taps - 1] = 1;
    sums[made - 1][edge - 1] = 1;
    return new WinogradMatrices(data, filter, sums);
  }

  /** Coefficients of a polynomial times {@code x - root}, the constant first. */
  private static double[] timesRoot(double[] polynomial, double root) {
    var product = new double[polynomial.length + 1];
    for (int i = 0; i < polynomial.length; i++) {
      product[i] -= root * polynomial[i];
      product[i + 1] += polynomial[i];
    }
    return product;
  }

  /** With the magnitudes of their entries. */
  WinogradMatrices absolute() {
    return new WinogradMatrices(absolute(data), absolute(filter), absolute(sums));
  }

  private static double[][] absolute(double[][] matrix) {
    return Arrays.stream(matrix)
        .map(row -> Arrays.stream(row).map(Math::abs).toArray())
        .toArray(double[][]::new);
  }

  /** {@code matrix square matrix'}, row by row. */
  static double[] turn(double[][] matrix, double[][] square) {
    int rows = matrix.length;
    int size = square.length;
    var turned = new double[rows * rows];
    for (int i = 0; i < rows; i++) {
      var line = new double[size];
      for (int a = 0; a < size; a++) {
        for (int b = 0; b < size; b++) {
          line[b] += matrix[i][a] * square[a][b];
        }
      }
      for (int j = 0; j < rows; j++) {
        for (int b = 0; b < size; b++) {
          turned[i * rows + j] += line[b] * matrix[j][b];
        }
      }
    }
    return turned;
  }
}
