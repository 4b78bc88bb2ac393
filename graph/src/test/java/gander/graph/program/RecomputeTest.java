// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Assignment;
import gander.graph.Graph;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.runtime.DeviceClass;
import gander.runtime.GanderException;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.TunedTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecomputeTest {
  private static final int SIDE = 256;
  private static final long BYTES = 4L * SIDE * SIDE;
  private static final int LAYERS = 6;

  @TempDir private static Path folder;
  private static Catalogue catalogue;

  @BeforeAll
  static void writeKernels() {
    catalogue = StubKernels.catalogue(folder);
  }

  private static Compiler.Compiled compile(Graph graph, Planning planning) {
    var device = StubKernels.device(DeviceClass.CPU);
    var compiler = new Compiler(device, catalogue, TunedTable.empty(), Passes.NECESSARY, planning);
    return compiler.compile(graph);
  }

  /** Layers whose results are all read again on the way back, as a training step's are. */
  private static Graph forwardAndBack() {
    Tensor x = Ops.input("x", Shape.of(SIDE, SIDE));
    var results = new ArrayList<Tensor>(List.of(x));
    for (int i = 0; i < LAYERS; i++) {
      results.add(Ops.matmul(Ops.tanh(results.getLast()), x));
    }
    Tensor back = results.getLast();
    for (Tensor result : results.reversed()) {
      back = Ops.matmul(Ops.mul(back, result), x);
    }
    return Graph.of(Map.of("y", back));
  }

  private static long repetitions(Compiler.Compiled compiled) {
    return compiled.steps().size() - compiled.steps().stream().distinct().count();
  }

  @Test
  void withoutALimitNothingRunsAgain() {
    Compiler.Compiled free = compile(forwardAndBack(), Planning.FREE);
    assertEquals(0, repetitions(free));
    assertTrue(free.layout().plan().peak() >= LAYERS * BYTES);
    long peak = free.layout().plan().peak();
    assertEquals(0, repetitions(compile(forwardAndBack(), Planning.FREE.within(peak))));
  }

  @Test
  void aLowerLimitCostsMoreRepetitions() {
    long peak = compile(forwardAndBack(), Planning.FREE).layout().plan().peak();
    long before = 0;
    for (long limit = peak - BYTES; limit >= 4 * BYTES; limit -= BYTES) {
      Compiler.Compiled limited = compile(forwardAndBack(), Planning.FREE.within(limit));
      assertTrue(limited.layout().plan().peak() <= limit);
      assertTrue(repetitions(limited) > before, "as many repetitions for less memory");
      before = repetitions(limited);
    }
    assertTrue(before > 0);
  }

  /** A map costs less than a product, so where either would do it is the map that runs again. */
  @Test
  void whatIsCheapRunsAgain() {
    Tensor x = Ops.input("x", Shape.of(SIDE, SIDE));
    Tensor cheap = Ops.tanh(x);
    Tensor dear = Ops.matmul(x, x);
    Tensor between = Ops.matmul(Ops.matmul(Ops.matmul(x, cheap), dear), x);
    Graph graph = Graph.of(Map.of("y", Ops.mul(Ops.mul(Ops.matmul(between, x), cheap), dear)));
    long peak = compile(graph, Planning.FREE).layout().plan().peak();
    Compiler.Compiled limited = compile(graph, Planning.FREE.within(peak - BYTES));
    boolean[] again = limited.layout().lives().again();
    for (int at = 0; at < again.length; at++) {
      if (again[at]) {
        assertTrue(limited.steps().get(at).label().startsWith("map"), "" + limited.explanation());
      }
    }
  }

  @Test
  void whatIsRefusedNamesALimitThatWorks() {
    Graph graph = forwardAndBack();
    Planning tight = Planning.FREE.within(BYTES);
    String refusal = "" + assertThrows(GanderException.class, () -> compile(graph, tight));
    Matcher least = Pattern.compile("at least [^(]*\\((\\d+) bytes\\)").matcher(refusal);
    assertTrue(least.find(), refusal);
    assertTrue(refusal.contains("in the way are 'mat"), refusal);
    long bytes = Long.parseLong(least.group(1));
    assertTrue(compile(graph, Planning.FREE.within(bytes)).layout().plan().peak() <= bytes);
    assertThrows(GanderException.class, () -> compile(graph, Planning.FREE.within(bytes - 1)));
  }

  @Test
  void aWriterOfAVariableRunsOnce() {
    var v = new Variable("v", Shape.of(SIDE, SIDE));
    Tensor grown = Ops.tanh(Ops.matmul(v.read(), v.read()));
    Tensor y = Ops.matmul(Ops.matmul(grown, grown), Ops.matmul(grown, v.read()));
    var graph = new Graph(Map.of("y", y), List.of(new Assignment(v, grown)));
    Compiler.Compiled free = compile(graph, Planning.FREE);
    for (long limit = free.layout().plan().peak() - 1; limit > 0; limit -= BYTES / 2) {
      Compiler.Compiled limited;
      try {
        limited = compile(graph, Planning.FREE.within(limit));
      } catch (GanderException e) {
        continue;
      }
      long writers =
          limited.steps().stream()
              .filter(step ->
                  step.node().allOutputs().stream()
                      .anyMatch(limited.schedule().bound()::containsKey))
              .count();
      assertEquals(1, writers);
    }
  }
}
