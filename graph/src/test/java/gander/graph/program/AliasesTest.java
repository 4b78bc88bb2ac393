// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Assignment;
import gander.graph.Graph;
import gander.graph.GraphValues;
import gander.graph.RandomGraphs;
import gander.graph.op.Concat;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Slice;
import gander.graph.op.Tensor;
import gander.graph.op.Values;
import gander.graph.op.Variable;
import gander.graph.plan.PlanValidator;
import gander.runtime.DeviceClass;
import gander.runtime.catalogue.TunedTable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Slices and concatenations along the first axis, on devices whose buffers begin anywhere. */
class AliasesTest {
  private static final int GRAPHS = Integer.getInteger("gander.graphs", 80);
  private static final int ROWS = 4;
  private static final int COLUMNS = 32;

  @TempDir private static Path folder;

  private final Variable a = new Variable("a", Shape.of(ROWS, COLUMNS));
  private final Variable b = new Variable("b", Shape.of(2 * ROWS, COLUMNS));
  private final Tensor x = Ops.input("x", Shape.of(ROWS, COLUMNS));
  private final Tensor square = Ops.input("square", Shape.of(COLUMNS, COLUMNS));

  private static Compiler.Compiled compile(Graph graph, int alignment) {
    var device = StubKernels.device(DeviceClass.CPU, alignment);
    var catalogue = StubKernels.catalogue(folder);
    return new Compiler(device, catalogue, TunedTable.empty(), Passes.ALL, Planning.FREE)
        .compile(graph);
  }

  private static long count(Compiler.Compiled compiled, Class<?> op) {
    return compiled.schedule().graph().nodes().stream()
        .filter(node -> op.isInstance(node.op()))
        .count();
  }

  /** Compiles a graph and checks what it computes, twice. */
  private Compiler.Compiled checked(Graph graph) {
    Compiler.Compiled compiled = compile(graph, 128);
    PlanValidator.check(compiled.layout().plan());
    var inputs = Map.of("x", ramp(x.shape()), "square", ramp(square.shape()));
    Map<Variable, double[]> variables = new HashMap<>();
    variables.put(a, ramp(a.shape()));
    variables.put(b, ramp(b.shape()));
    var program = new SimulatedProgram(compiled, inputs, variables);
    for (int run = 0; run < 2; run++) {
      List<Values> expected = GraphValues.of(graph, inputs, program.snapshot());
      program.run();
      GraphValues.assertClose(expected, program.roots(graph), 1e-9, compiled::explanation);
    }
    return compiled;
  }

  private static double[] ramp(Shape shape) {
    var data = new double[shape.size()];
    Arrays.setAll(data, i -> Math.sin(i) / 8);
    return data;
  }

  private Tensor product(Tensor of) {
    return Ops.matmul(of, square);
  }

  @Test
  void whatAConcatenationJoinsIsMadeInIt() {
    Tensor joined = Ops.concat(0, product(x), product(Ops.neg(x)));
    Compiler.Compiled compiled = checked(Graph.of(Map.of("y", product(joined))));
    assertEquals(1, count(compiled, Concat.class));
    assertEquals(3, compiled.steps().size(), compiled::explanation);
    // Joined and y; the parts have no memory of their own.
    assertEquals(4L * 4 * ROWS * COLUMNS, compiled.layout().plan().peak());
  }

  @Test
  void whatIsThereAlreadyIsCopiedIntoIt() {
    Tensor joined = Ops.concat(0, x, product(x));
    Compiler.Compiled compiled = checked(Graph.of(Map.of("y", product(joined))));
    assertEquals(1, count(compiled, Concat.class));
    assertEquals(3, compiled.steps().size(), "x copied, and two products");
    Tensor twice = product(x);
    compiled = checked(Graph.of(Map.of("y", product(Ops.concat(0, twice, twice)))));
    assertEquals(3, compiled.steps().size(), "a product, its copy, and a product");
  }

  @Test
  void aKernelJoinsWhatAllIsThereAlready() {
    Compiler.Compiled compiled =
        checked(Graph.of(Map.of("y", product(Ops.concat(0, x, a.read())))));
    assertEquals(0, count(compiled, Concat.class));
    assertEquals(2, compiled.steps().size());
  }

  @Test
  void manyPartsLieOneBehindTheOther() {
    Tensor one = product(x);
    Tensor two = product(one);
    Tensor three = product(two);
    Tensor joined = Ops.concat(0, three, one, two);
    Compiler.Compiled compiled = checked(Graph.of(Map.of("y", product(joined), "two", two)));
    assertEquals(2, count(compiled, Concat.class), "one inside the other");
    assertEquals(4, compiled.steps().size(), compiled::explanation);
  }

  @Test
  void aPartOfTwoConcatenationsIsCopiedIntoOne() {
    Tensor one = product(x);
    Tensor two = product(one);
    Tensor y = product(Ops.concat(0, one, two));
    Tensor z = product(Ops.concat(0, two, one));
    Compiler.Compiled compiled = checked(Graph.of(Map.of("y", y, "z", z)));
    assertTrue(compiled.steps().size() <= 6, compiled::explanation);
  }

  @Test
  void slicesAreViews() {
    Tensor upper = Ops.slice(b.read(), 0, 0, ROWS);
    Tensor lower = Ops.slice(Ops.slice(product(b.read()), 0, 2, 2 * ROWS - 2), 0, 2, ROWS);
    Compiler.Compiled compiled =
        checked(Graph.of(Map.of("y", Ops.add(product(upper), product(lower)), "lower", lower)));
    assertEquals(0, compiled.steps().stream().filter(s -> s.label().contains("slice")).count());
    assertTrue(count(compiled, Slice.class) >= 2, compiled::explanation);
  }

  /** Others may write an input or a variable before the output is read. */
  @Test
  void outputsAreNoViewsOfWhatLasts() {
    Tensor next = Ops.mul(b.read(), 3);
    var outputs =
        Map.of(
            "old", Ops.slice(b.read(), 0, ROWS, ROWS),
            "inner", Ops.slice(Ops.slice(next, 0, 1, ROWS + 2), 0, 1, ROWS),
            "new", Ops.slice(next, 0, ROWS, ROWS),
            "given", Ops.slice(square, 0, ROWS, ROWS));
    Compiler.Compiled compiled = checked(new Graph(outputs, List.of(new Assignment(b, next))));
    for (Tensor output : compiled.schedule().graph().outputs().values()) {
      Tensor base = compiled.schedule().memories().place(output).base();
      assertFalse(Memories.isLasting(base), compiled::explanation);
      assertFalse(compiled.schedule().bound().containsKey(base), compiled::explanation);
    }
  }

  @Test
  void slicesAreJoinedByKernels() {
    Tensor square = product(product(x));
    Tensor swapped = Ops.concat(0, Ops.slice(b.read(), 0, 1, 7), Ops.slice(square, 0, 0, 1));
    Compiler.Compiled compiled = checked(Graph.of(Map.of("y", product(swapped))));
    assertEquals(1, count(compiled, Concat.class));
    assertEquals(0, count(compiled, Slice.class), compiled::explanation);
  }

  @Test
  void aKernelSlicesWhatBeginsElsewhere() {
    Tensor column = Ops.slice(product(x), 1, 0, 4);
    Compiler.Compiled compiled = checked(Graph.of(Map.of("y", column)));
    assertEquals(0, count(compiled, Slice.class), "columns are not neighbours");
    Tensor narrow = Ops.reshape(product(x), Shape.of(ROWS * COLUMNS));
    compiled = checked(Graph.of(Map.of("y", Ops.slice(narrow, 0, 31, 4))));
    assertEquals(0, count(compiled, Slice.class), "byte 124 is not aligned to 128");
    compiled = checked(Graph.of(Map.of("y", Ops.slice(narrow, 0, 32, 4))));
    assertEquals(1, count(compiled, Slice.class));
  }

  @Test
  void variablesKeepMemoryOfTheirOwn() {
    Tensor half = product(a.read());
    Tensor joined = Ops.concat(0, half, product(x));
    var graph =
        new Graph(
            Map.of("y", product(joined)),
            List.of(
                new Assignment(a, Ops.slice(product(b.read()), 0, ROWS, ROWS)),
                new Assignment(b, joined)));
    Compiler.Compiled compiled = checked(graph);
    assertEquals(0, count(compiled, Concat.class));
    graph = new Graph(Map.of("y", product(joined)), List.of(new Assignment(a, half)));
    compiled = checked(graph);
    assertEquals(1, count(compiled, Concat.class));
  }

  @Test
  void aSliceThatWouldKeepALargeTensorIsCopied() {
    Tensor many = Ops.input("square", Shape.of(COLUMNS, COLUMNS));
    Tensor slice = Ops.slice(product(many), 0, ROWS, ROWS);
    Tensor scaled = Ops.mul(many, Ops.broadcast(Ops.total(slice), many.shape()));
    Tensor late = product(product(product(scaled)));
    Graph graph = Graph.of(Map.of("y", Ops.total(Ops.matmul(slice, late))));
    Compiler.Compiled compiled = checked(graph);
    assertEquals(0, count(compiled, Slice.class), compiled::explanation);
  }

  @Test
  void randomProgramsMeanTheSame() {
    int aliased = 0;
    for (long seed = 0; seed < GRAPHS; seed++) {
      RandomGraphs.Case random = RandomGraphs.of(seed, 4 + (int) (seed % 30));
      Compiler.Compiled compiled = compile(random.graph(), 4);
      PlanValidator.check(compiled.layout().plan());
      aliased += count(compiled, Concat.class) + count(compiled, Slice.class) > 0 ? 1 : 0;
      var program = new SimulatedProgram(compiled, random.inputs(), random.variables());
      List<Values> expected = GraphValues.of(random.graph(), random.inputs(), random.variables());
      program.run();
      GraphValues.assertClose(expected, program.roots(random.graph()), 1e-4, random::toString);
    }
    assertTrue(aliased > GRAPHS / 20, aliased + " programs have aliases");
  }
}
