// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Graph;
import gander.graph.RandomGraphs;
import gander.graph.op.Input;
import gander.graph.op.Node;
import gander.graph.op.Read;
import gander.graph.op.Tensor;
import gander.graph.op.Values;
import gander.graph.op.Variable;
import gander.graph.plan.PlanValidator;
import gander.graph.program.DeviceBackend;
import gander.graph.program.DeviceProgram;
import gander.graph.program.Passes;
import gander.graph.workload.ErrorBounds;
import gander.runtime.Devices;
import gander.runtime.check.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random graphs, compiled for a device with all passes and with the necessary ones alone, give what
 * the reference gives: every output and every assigned variable within the bound that error
 * analysis derives, in two runs one after the other; the same bits each time; under valid plans.
 * The launches of a program run as late as its memory allows, as a device may that runs several at
 * once. {@code gander.graphs} says how many graphs, {@code gander.seed} runs the one of that seed.
 */
class RandomGraphsTest {
  private static final long GRAPHS = Long.getLong("gander.graphs", 24);

  /** One graph in so many is compiled with the necessary passes too: it takes far more kernels. */
  private static final long NECESSARY = 4;

  /** The share of elements whose bound says something: below a thousandth. */
  private static final double TIGHT = 0.95;

  private static ReorderingDevice device;
  private static DeviceBackend backend;
  private static long elements;
  private static long tight;

  @BeforeAll
  static void open() {
    device = new ReorderingDevice(Devices.open(OpenCl.info().id()));
    backend = OpenCl.backendForTrials(device);
  }

  @AfterAll
  static void close() {
    if (backend != null) {
      backend.close();
      assertTrue(device.moved() > 0, "launches were moved");
      assertTrue(
          tight >= TIGHT * elements,
          () -> "only %d of %d bounds are tight".formatted(tight, elements));
    }
  }

  static LongStream seeds() {
    Long only = Long.getLong("gander.seed");
    return only == null ? LongStream.range(0, GRAPHS) : LongStream.of(only);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void programsMeanWhatTheirGraphsMean(long seed) {
    RandomGraphs.Case random = RandomGraphs.of(seed, 3 + (int) (seed % 10));
    check(random, Passes.ALL);
    if (seed % NECESSARY == 0) {
      check(random, Passes.NECESSARY);
    }
  }

  private static void check(RandomGraphs.Case random, Passes passes) {
    String what =
        "%s, passes %s; mvn -B verify -pl tests -am -Dsurefire.failIfNoSpecifiedTests=false -Dtest=RandomGraphsTest -Dgander.seed=%d"
            .formatted(random, passes, random.seed());
    try (DeviceProgram program = backend.compile(random.graph(), passes)) {
      PlanValidator.check(program.plan());
      for (String input : random.graph().inputs().keySet()) {
        program.write(input, Objects.requireNonNull(random.inputs().get(input)));
      }
      List<List<double[]>> first = twoRuns(program, random, what);
      List<List<double[]>> again = twoRuns(program, random, what);
      for (int run = 0; run < first.size(); run++) {
        for (int root = 0; root < first.get(run).size(); root++) {
          assertArrayEquals(first.get(run).get(root), again.get(run).get(root), what);
        }
      }
    }
  }

  /** Runs twice from the start; the second run begins with what the first has left. */
  private static List<List<double[]>> twoRuns(
      DeviceProgram program, RandomGraphs.Case random, String what) {
    var results = new ArrayList<List<double[]>>();
    Map<Variable, double[]> variables = random.variables();
    variables.forEach(backend::write);
    for (int run = 0; run < 2; run++) {
      List<Workload.Expected> expected = expected(random, variables);
      program.run();
      List<double[]> roots = roots(program, random.graph());
      for (int root = 0; root < roots.size(); root++) {
        compare(
            expected.get(root),
            roots.get(root),
            "root %d of run %d of %s".formatted(root, run, what));
      }
      results.add(roots);
      variables = new HashMap<>();
      for (Variable variable : random.variables().keySet()) {
        variables.put(variable, backend.read(variable));
      }
    }
    return results;
  }

  private static List<Workload.Expected> expected(
      RandomGraphs.Case random, Map<Variable, double[]> variables) {
    var given = new HashMap<Tensor, Values>();
    for (Node node : random.graph().nodes()) {
      double[] values =
          switch (node.op()) {
            case Input input -> random.inputs().get(input.key());
            case Read read -> variables.get(read.variable());
            default -> null;
          };
      if (values != null) {
        given.put(node.output(0), new Values(node.shape(0), values));
      }
    }
    return ErrorBounds.expected(random.graph().roots(), given);
  }

  /** The outputs, then the assigned variables, as {@link Graph#roots} has them. */
  private static List<double[]> roots(DeviceProgram program, Graph graph) {
    var roots = new ArrayList<double[]>();
    graph.outputs().keySet().forEach(name -> roots.add(program.read(name)));
    graph.assignments().forEach(a -> roots.add(backend.read(a.variable())));
    return roots;
  }

  private static void compare(Workload.Expected expected, double[] got, String what) {
    for (int i = 0; i < got.length; i++) {
      double value = expected.values()[i];
      double bound = expected.tolerances()[i];
      boolean right =
          Math.abs(got[i] - value) <= bound
              || bound == Double.POSITIVE_INFINITY
              || (Double.isNaN(value) && Double.isNaN(got[i]));
      int at = i;
      assertTrue(
          right,
          () ->
              "element %d is %s and should be %s within %.3g: %s"
                  .formatted(at, got[at], value, bound, what));
      elements++;
      tight += bound <= 1e-3 * Math.max(1, Math.abs(value)) ? 1 : 0;
    }
  }
}
