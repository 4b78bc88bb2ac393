// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.graph.op.Cost;
import gander.graph.op.Fusion;
import gander.graph.op.Tensor;
import gander.graph.workload.Workloads;
import java.util.List;

/** Which problems of an op are worth timing. */
final class BenchProblems {
  /** Elements read and written below which a kernel is done before it can be timed. */
  private static final int LEAST_ELEMS = 1 << 14;

  private BenchProblems() {}

  /** The larger problems of an op. */
  static List<Fusion> of(String op) {
    return Workloads.fusions(op).stream().filter(BenchProblems::isLarge).toList();
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
