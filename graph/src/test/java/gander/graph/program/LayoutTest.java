// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Graph;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.runtime.DeviceClass;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.TunedTable;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayoutTest {
  private static final int SIZE = 64 * 64;

  @TempDir private static Path folder;
  private static Catalogue catalogue;

  @BeforeAll
  static void writeKernels() {
    catalogue = StubKernels.catalogue(folder);
  }

  private static Layout layout(Tensor output, Passes passes) {
    var device = StubKernels.device(DeviceClass.CPU);
    var compiler = new Compiler(device, catalogue, TunedTable.empty(), passes, Planning.FREE);
    return compiler.compile(Graph.of(Map.of("y", output))).layout();
  }

  private static final Tensor X = Ops.input("x", Shape.of(64, 64));

  @Test
  void takesTheMemoryOfAnInputThatDies() {
    Tensor y = Ops.exp(Ops.neg(Ops.tanh(Ops.add(X, 1))));
    assertEquals(4L * SIZE, layout(y, Passes.NECESSARY).plan().peak(), "four maps, one buffer");
  }

  @Test
  void takesNoMemoryThatIsStillNeeded() {
    Tensor y = Ops.tanh(X);
    Tensor z = Ops.add(Ops.exp(y), Ops.sin(y));
    assertEquals(2 * 4L * SIZE, layout(z, Passes.NECESSARY).plan().peak());
  }

  @Test
  void takesNoMemoryThatAKernelReadsAtOtherPoints() {
    Tensor y = Ops.matmul(Ops.matmul(X, X), X);
    Layout layout = layout(y, Passes.ALL);
    assertEquals(2 * 4L * SIZE, layout.plan().peak());
  }

  @Test
  void takesNoMemoryThatIsAnOperandToo() {
    Tensor y = Ops.tanh(X);
    Tensor first = Ops.matmul(y, X);
    Layout layout = layout(Ops.sum(Ops.add(first, y), 0, 1), Passes.ALL);
    assertTrue(layout.plan().peak() >= 2 * 4L * SIZE, "the product is no place for its operand");
  }

  @Test
  void alignsEveryBuffer() {
    Tensor y = Ops.matmul(Ops.sum(X, 1), true, Ops.matmul(X, Ops.sum(X, 1)), false);
    Layout layout = layout(y, Passes.ALL);
    assertTrue(layout.plan().offsets().values().stream().allMatch(offset -> offset % 128 == 0));
  }
}
