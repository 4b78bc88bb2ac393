// SPDX-License-Identifier: Apache-2.0
package gander.graph.workload;

import gander.runtime.catalogue.Problem;
import gander.runtime.catalogue.Problem.Parameter;
import gander.runtime.check.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Workloads of {@code peak}, the kernels that show what a device can do at most. They are no op of
 * a graph, but they have an answer too, exact to the bit: {@code kernels/include/peak.h} has the
 * formula.
 */
final class Peaks {
  static final String OP = "peak";

  private static final int ROUNDS = 4096;
  private static final float SCALE = 0.999f;
  private static final float SHIFT = 0.001f;
  private static final int DISTINCT = 1024;
  private static final int[] SIZES = {16, 272, 4096, 100_000};

  /** {@code KIND} in kernels: arithmetic or memory. */
  static final int COMPUTE = 0;

  static final int MEMORY = 1;

  private Peaks() {}

  static List<Workload> all(long seed) {
    var all = new ArrayList<Workload>();
    for (int kind : new int[] {COMPUTE, MEMORY}) {
      for (int size : SIZES) {
        all.add(workload(kind, size, seed));
      }
    }
    return all;
  }

  static Workload workload(int kind, int size, long seed) {
    Map<String, Integer> dims = new LinkedHashMap<>();
    dims.put("N", size);
    dims.put("KIND", kind);
    var problem =
        new Problem(
            OP,
            dims,
            Map.of(),
            List.of(
                new Parameter("x", Parameter.Kind.INPUT),
                new Parameter("y", Parameter.Kind.OUTPUT)),
            "",
            false);
    String title = problem.key().substring(OP.length()).strip();
    return new Workload(problem, title, List.of(), List.of(), own -> data(kind, size, seed));
  }

  private static Workload.Data data(int kind, int size, long seed) {
    var random = new SplittableRandom(seed);
    var x = new float[size];
    var y = new double[size];
    // Few distinct numbers: a chain of rounds takes the host as long as a device's many.
    var values = new float[DISTINCT];
    var results = new float[DISTINCT];
    for (int i = 0; i < DISTINCT; i++) {
      values[i] = (float) random.nextDouble();
      results[i] = kind == COMPUTE ? chain(values[i]) : values[i] + 1f;
    }
    for (int i = 0; i < size; i++) {
      int which = random.nextInt(DISTINCT);
      x[i] = values[which];
      y[i] = results[which];
    }
    return new Workload.Data(List.of(x), List.of(new Workload.Expected(y, new double[size])));
  }

  /** How often a kernel computes each element of a problem; 1 for those of other ops. */
  static long rounds(Problem problem) {
    boolean computes =
        problem.op().equals(OP) && problem.dims().getOrDefault("KIND", MEMORY) == COMPUTE;
    return computes ? ROUNDS : 1;
  }

  private static float chain(float x) {
    float v = x;
    for (int round = 0; round < ROUNDS; round++) {
      v = Math.fma(v, SCALE, SHIFT);
    }
    return v;
  }
}
