// SPDX-License-Identifier: Apache-2.0
package gander.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gander.graph.op.Evaluation;
import gander.graph.op.Input;
import gander.graph.op.Node;
import gander.graph.op.Read;
import gander.graph.op.Tensor;
import gander.graph.op.Values;
import gander.graph.op.Variable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a graph's roots are, evaluated op by op without any pass. */
public final class GraphValues {
  private GraphValues() {}

  /** The outputs, then the assigned values. */
  public static List<Values> of(
      Graph graph, Map<String, double[]> inputs, Map<Variable, double[]> variables) {
    var bound = new HashMap<Tensor, Values>();
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Input input) {
        bound.put(
            node.output(0),
            new Values(input.shape(), Objects.requireNonNull(inputs.get(input.key()))));
      }
      if (node.op() instanceof Read read) {
        bound.put(
            node.output(0),
            new Values(
                read.variable().shape(), Objects.requireNonNull(variables.get(read.variable()))));
      }
    }
    return Evaluation.of(graph.roots(), bound);
  }

  public static List<Values> of(RandomGraphs.Case random) {
    return of(random.graph(), random.inputs(), random.variables());
  }

  /** Fails unless all values agree, relative to the largest of each tensor. */
  public static void assertClose(
      List<Values> expected,
      List<Values> actual,
      double tolerance,
      Supplier<@Nullable String> message) {
    assertEquals(expected.size(), actual.size(), message);
    for (int k = 0; k < expected.size(); k++) {
      int root = k;
      assertEquals(expected.get(k).shape(), actual.get(k).shape(), message);
      double[] x = expected.get(k).data();
      double[] y = actual.get(k).data();
      double scale = Math.max(1, Arrays.stream(x).map(Math::abs).max().orElse(0));
      for (int i = 0; i < x.length; i++) {
        int at = i;
        assertEquals(
            x[i],
            y[i],
            tolerance * scale,
            () -> "root %d, element %d of %s".formatted(root, at, message.get()));
      }
    }
  }
}
