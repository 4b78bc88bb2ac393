// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.RandomGraphs;
import gander.graph.plan.PlanProblem;
import gander.runtime.DeviceClass;
import gander.runtime.catalogue.TunedTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaunchMemoryTest {
  private static final int GRAPHS = 8;

  @TempDir private static Path folder;
  private static Compiler compiler;

  @BeforeAll
  static void writeKernels() {
    compiler =
        new Compiler(
            StubKernels.device(DeviceClass.CPU),
            StubKernels.catalogue(folder),
            TunedTable.empty(),
            Passes.ALL,
            Planning.FREE);
  }

  @Test
  void everyBufferIsLiveFromItsFirstWriterToItsLastReader() {
    int reads = 0;
    for (long seed = 0; seed < GRAPHS; seed++) {
      Compiler.Compiled compiled = compiler.compile(RandomGraphs.of(seed, 20).graph());
      List<LaunchMemory> launches = LaunchMemory.of(compiled);
      assertEquals(compiled.steps().size(), launches.size());
      for (PlanProblem.Buffer buffer : compiled.layout().plan().problem().buffers()) {
        var touching = new TreeSet<Integer>();
        for (int at = 0; at < launches.size(); at++) {
          if (launches.get(at).writes().contains(buffer.id())) {
            touching.add(at);
          }
          if (launches.get(at).reads().contains(buffer.id())) {
            touching.add(at);
            reads++;
          }
        }
        assertEquals(buffer.lower(), touching.first(), buffer::toString);
        assertTrue(launches.get(buffer.lower()).writes().contains(buffer.id()), buffer::toString);
        assertTrue(
            buffer.upper() == launches.size() + 1 || buffer.upper() - 1 == touching.last(),
            () -> buffer + " is touched at " + touching);
      }
    }
    assertTrue(reads > 20);
  }

  @Test
  void variablesAndInputsHaveTheirNames() {
    for (long seed = 0; seed < GRAPHS; seed++) {
      var graph = RandomGraphs.of(seed, 20).graph();
      Set<String> known = graph.variables().stream().map(v -> v.name()).collect(Collectors.toSet());
      List<LaunchMemory> launches = LaunchMemory.of(compiler.compile(graph));
      Set<String> assigned =
          launches.stream().flatMap(l -> l.assigns().stream()).collect(Collectors.toSet());
      Set<String> expected =
          graph.assignments().stream().map(a -> a.variable().name()).collect(Collectors.toSet());
      assertEquals(expected, assigned, "graph " + seed);
      known.addAll(graph.inputs().keySet());
      launches.forEach(launch -> assertTrue(known.containsAll(launch.lasting()), launch::toString));
    }
  }
}
