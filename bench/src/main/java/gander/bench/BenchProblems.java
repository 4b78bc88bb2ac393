// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.graph.op.Cost;
import gander.graph.op.Fusion;
import gander.graph.op.Tensor;
import gander.graph.workload.Workloads;
import gander.runtime.catalogue.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

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

  /** A problem in few words, for a picture. */
  static String label(Problem problem) {
    Map<String, Integer> dims = problem.dims();
    return switch (problem.op()) {
      case "matmul" ->
          text(dims, "%dx%dx%d", "M", "N", "K")
              + (dims.getOrDefault("TA", 0) == 1 ? " A'" : "")
              + (dims.getOrDefault("TB", 0) == 1 ? " B'" : "");
      case "conv2d", "conv2d_input", "conv2d_filter" ->
          text(dims, "%dx%dx%d to %d, %dx%d/%d", "H", "W", "C", "K", "R", "S", "SH");
      default ->
          dims.values().stream()
              .filter(size -> size > 1)
              .map(String::valueOf)
              .collect(Collectors.joining("x"));
    };
  }

  private static String text(Map<String, Integer> dims, String format, String... names) {
    return format.formatted(Arrays.stream(names).map(dims::get).toArray());
  }
}
