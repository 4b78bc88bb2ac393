// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.graph.op.Cost;
import gander.graph.op.Fusion;
import gander.graph.op.MatMul;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.workload.Workloads;
import java.util.ArrayList;
import java.util.List;

/** Which problems of an op are worth timing. */
final class BenchProblems {
  /** Elements read and written below which a kernel is done before it can be timed. */
  private static final int LEAST_ELEMS = 1 << 14;

  /** M, N, K: a square one, and the layers of a multilayer perceptron at batch 128. */
  private static final int[][] PRODUCTS = {
    {1024, 1024, 1024}, {128, 1024, 784}, {128, 784, 1024}, {128, 1024, 512}, {128, 512, 784}
  };

  private BenchProblems() {}

  /** The larger problems of an op's list, and for products some that everyone measures. */
  static List<Fusion> of(String op) {
    var all = new ArrayList<Fusion>();
    if (op.equals("matmul")) {
      for (int[] size : PRODUCTS) {
        all.addAll(products(size[0], size[1], size[2]));
      }
    }
    Workloads.fusions(op).stream().filter(BenchProblems::isLarge).forEach(all::add);
    return all;
  }

  /** A layer's three products: forward, the input's gradient, the weight's gradient. */
  private static List<Fusion> products(int m, int n, int k) {
    return List.of(
        Fusion.of(new MatMul(false, false), List.of(Shape.of(m, k), Shape.of(k, n))),
        Fusion.of(new MatMul(false, true), List.of(Shape.of(m, n), Shape.of(k, n))),
        Fusion.of(new MatMul(true, false), List.of(Shape.of(m, k), Shape.of(m, n))));
  }

  private static boolean isLarge(Fusion fusion) {
    return cost(fusion).bytes() >= 4L * LEAST_ELEMS;
  }

  /** The necessary work of a fusion. */
  static Cost cost(Fusion fusion) {
    return fusion.cost(
        fusion.parameters().stream().map(Tensor::shape).toList(),
        fusion.results().stream().map(Tensor::shape).toList());
  }
}
