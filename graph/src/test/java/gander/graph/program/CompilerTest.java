// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Assignment;
import gander.graph.Graph;
import gander.graph.GraphValues;
import gander.graph.RandomGraphs;
import gander.graph.op.Adam;
import gander.graph.op.Fusion;
import gander.graph.op.Gradients;
import gander.graph.op.MatMul;
import gander.graph.op.Node;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Values;
import gander.graph.op.Variable;
import gander.graph.plan.PlanValidator;
import gander.runtime.DeviceClass;
import gander.runtime.DeviceInfo;
import gander.runtime.GanderException;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.TunedTable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompilerTest {
  private static final int GRAPHS = Integer.getInteger("gander.graphs", 80);

  @TempDir private static Path folder;
  private static Catalogue catalogue;

  @BeforeAll
  static void writeKernels() {
    catalogue = StubKernels.catalogue(folder);
  }

  private static Compiler.Compiled compile(Graph graph, DeviceClass deviceClass, Passes passes) {
    return compile(graph, deviceClass, passes, Planning.FREE);
  }

  private static Compiler.Compiled compile(
      Graph graph, DeviceClass deviceClass, Passes passes, Planning planning) {
    DeviceInfo device = StubKernels.device(deviceClass);
    return new Compiler(device, catalogue, TunedTable.empty(), passes, planning).compile(graph);
  }

  // Random programs

  static List<Arguments> ways() {
    return List.of(
        Arguments.of(DeviceClass.CPU, Passes.ALL),
        Arguments.of(DeviceClass.GPU, Passes.ALL),
        Arguments.of(DeviceClass.CPU, Passes.NECESSARY));
  }

  /** Runs kernels, generated code, order and memory plan without a device. */
  @ParameterizedTest
  @MethodSource("ways")
  void programsMeanWhatTheirGraphsMean(DeviceClass deviceClass, Passes passes) {
    for (long seed = 0; seed < GRAPHS; seed++) {
      RandomGraphs.Case random = RandomGraphs.of(seed, 4 + (int) (seed % 22));
      Compiler.Compiled compiled = compile(random.graph(), deviceClass, passes);
      PlanValidator.check(compiled.layout().plan());
      var program = new SimulatedProgram(compiled, random.inputs(), random.variables());
      Map<Variable, double[]> variables = random.variables();
      for (int run = 0; run < 2; run++) {
        List<Values> expected = GraphValues.of(random.graph(), random.inputs(), variables);
        program.run();
        GraphValues.assertClose(expected, program.roots(random.graph()), 1e-4, random::toString);
        variables = program.snapshot();
      }
    }
  }

  /** However a program's memory is planned, it gives the same bits. */
  @Test
  void programsMeanTheSameInLessMemory() {
    int less = 0;
    for (long seed = 0; seed < GRAPHS; seed++) {
      RandomGraphs.Case random = RandomGraphs.of(seed, 16 + (int) (seed % 22));
      Compiler.Compiled free = compile(random.graph(), DeviceClass.CPU, Passes.NECESSARY);
      List<List<Double>> expected = run(free, random);
      long peak = free.layout().plan().peak();
      assertEquals(expected, run(planned(random, Planning.FREE.asDeclared().notInPlace()), random));
      for (double share : new double[] {0.9, 0.7}) {
        Compiler.Compiled limited;
        try {
          limited = planned(random, Planning.FREE.within((long) (share * peak)));
        } catch (GanderException e) {
          assertTrue(String.valueOf(e.getMessage()).contains("so ask for that"), "" + e);
          continue;
        }
        less++;
        assertTrue(limited.layout().plan().peak() <= share * peak);
        PlanValidator.check(limited.layout().plan());
        assertEquals(expected, run(limited, random));
      }
    }
    assertTrue(less > GRAPHS / 8, less + " programs run in less memory");
  }

  private static Compiler.Compiled planned(RandomGraphs.Case random, Planning planning) {
    DeviceInfo device = StubKernels.device(DeviceClass.CPU, 4);
    return new Compiler(device, catalogue, TunedTable.empty(), Passes.NECESSARY, planning)
        .compile(random.graph());
  }

  private static List<List<Double>> run(Compiler.Compiled compiled, RandomGraphs.Case random) {
    var program = new SimulatedProgram(compiled, random.inputs(), random.variables());
    program.run();
    program.run();
    return program.roots(random.graph()).stream()
        .map(root -> Arrays.stream(root.data()).boxed().toList())
        .toList();
  }

  @Test
  void compilingIsTheSameEveryTime() {
    for (long seed = 0; seed < GRAPHS / 4; seed++) {
      assertEquals(described(seed), described(seed));
    }
  }

  private static String described(long seed) {
    Compiler.Compiled compiled =
        compile(RandomGraphs.of(seed, 20).graph(), DeviceClass.CPU, Passes.ALL);
    var text = new StringBuilder(compiled.explanation());
    for (Step step : compiled.steps()) {
      text.append(step.label()).append(step.code().problem());
    }
    return text.append(compiled.layout().plan().offsets()).toString();
  }

  // Whole steps

  private static final Variable W = new Variable("w", Shape.of(6, 3));
  private static final Variable M = new Variable("m", Shape.of(6, 3));
  private static final Variable V = new Variable("v", Shape.of(6, 3));

  /** An update of W by the gradient of a loss that may stand behind a composite. */
  private static Graph training(boolean behindComposite) {
    Tensor x = Ops.input("x", Shape.of(8, 6));
    Tensor normal = behindComposite ? Ops.softmaxCrossEntropy(x, x) : Ops.sum(x, 1);
    Tensor y = Ops.mul(Ops.matmul(x, W.read()), Ops.reshape(normal, Shape.of(8, 1)));
    Tensor gradient = Gradients.of(Ops.mean(Ops.square(y)), W.read());
    var update =
        new Node(
            new Adam(0, 0.9, 1e-8),
            List.of(W.read(), gradient, M.read(), V.read(), Ops.scalar(1), Ops.scalar(0.1)));
    return new Graph(
        Map.of(),
        List.of(
            new Assignment(W, update.output(0)),
            new Assignment(M, update.output(1)),
            new Assignment(V, update.output(2))));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anUpdateFusesIntoTheProductThatGivesItsGradient(boolean behindComposite) {
    Compiler.Compiled compiled = compile(training(behindComposite), DeviceClass.CPU, Passes.ALL);
    Step last = compiled.steps().getLast();
    Node core = ((Fusion) last.node().op()).core();
    assertTrue(core != null && core.op() instanceof MatMul, last::label);
    assertEquals(
        List.of(W, M, V).stream().sorted(Comparator.comparing(Variable::name)).toList(),
        last.node().allOutputs().stream()
            .map(compiled.schedule().bound()::get)
            .sorted(Comparator.comparing(Variable::name))
            .toList());
    assertTrue(
        compiled.steps().stream().noneMatch(step -> step.label().startsWith("adam")),
        compiled::explanation);
  }

  @Test
  void withTheNecessaryPassesEveryOpIsAKernel() {
    Compiler.Compiled compiled = compile(training(false), DeviceClass.CPU, Passes.NECESSARY);
    assertTrue(
        compiled.steps().stream().anyMatch(step -> step.label().startsWith("adam")),
        compiled::explanation);
    for (Step step : compiled.steps()) {
      assertTrue(!step.label().contains(" + "), step::label);
    }
  }

  @Test
  void declaredInputsStayThoughNothingReadsThem() {
    Tensor x = Ops.input("x", Shape.of(2));
    Tensor unused = Ops.mul(Ops.input("unused", Shape.of(2)), Ops.constant(0, Shape.of(2)));
    Compiler.Compiled compiled =
        compile(Graph.of(Map.of("y", Ops.add(x, unused))), DeviceClass.CPU, Passes.ALL);
    assertEquals(Map.of("x", Shape.of(2), "unused", Shape.of(2)), compiled.inputs());
  }

  @Test
  void anOutputThatIsAssignedIsKept() {
    var variable = new Variable("count", Shape.of(2));
    Tensor next = Ops.add(variable.read(), 1);
    var graph = new Graph(Map.of("next", next), List.of(new Assignment(variable, next)));
    var program =
        new SimulatedProgram(
            compile(graph, DeviceClass.CPU, Passes.ALL),
            Map.of(),
            Map.of(variable, new double[] {3, 4}));
    program.run();
    Objects.requireNonNull(program.variables().get(variable))[0] = 100;
    assertEquals(4, program.roots(graph).getFirst().data()[0]);
  }
}
