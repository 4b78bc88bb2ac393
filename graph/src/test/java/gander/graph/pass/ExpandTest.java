// SPDX-License-Identifier: Apache-2.0
package gander.graph.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Graph;
import gander.graph.GraphValues;
import gander.graph.RandomGraphs;
import gander.graph.op.BatchNorm;
import gander.graph.op.Composite;
import gander.graph.op.Concat;
import gander.graph.op.LayerNorm;
import gander.graph.op.Node;
import gander.graph.op.Ops;
import gander.graph.op.Reduce;
import gander.graph.op.Shape;
import gander.graph.op.StopGradient;
import gander.graph.op.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExpandTest {
  @Test
  void keepsTheMeaningOfRandomGraphs() {
    for (long seed = 0; seed < 100; seed++) {
      RandomGraphs.Case random = RandomGraphs.of(seed, 5 + (int) (seed % 20));
      boolean whole = seed % 2 == 0;
      Graph expanded = Expand.apply(random.graph(), g -> node -> whole && hasContract(node));
      GraphValues.assertClose(
          GraphValues.of(random),
          GraphValues.of(expanded, random.inputs(), random.variables()),
          1e-9,
          random::toString);
      for (Node node : expanded.nodes()) {
        boolean asWanted =
            switch (node.op()) {
              case Composite composite -> whole && hasContract(node);
              case Reduce reduce -> hasContract(node);
              case Concat concat -> hasContract(node);
              case StopGradient stop -> false;
              default -> true;
            };
        assertTrue(asWanted, () -> node + " is left of " + random);
      }
    }
  }

  private static boolean hasContract(Node node) {
    return node.op().contract(node.inputShapes(), node.shapes()) != null;
  }

  @Test
  void reducesRunsOfAxesOneAfterTheOther() {
    Tensor x = Ops.input("x", Shape.of(2, 3, 4, 1, 5, 6));
    Graph graph = Expand.apply(Graph.of(Map.of("y", Ops.sum(x, 0, 2, 3, 4))), g -> node -> false);
    List<Reduce> reductions =
        graph.nodes().stream()
            .filter(node -> node.op() instanceof Reduce)
            .map(node -> (Reduce) node.op())
            .toList();
    assertEquals(
        List.of(
            new Reduce(Reduce.Kind.SUM, List.of(2, 3, 4)), new Reduce(Reduce.Kind.SUM, List.of(0))),
        reductions);
  }

  @Test
  void joinsManyInPairs() {
    Tensor[] parts = new Tensor[7];
    for (int k = 0; k < parts.length; k++) {
      parts[k] = Ops.input("x" + k, Shape.of(k + 1));
    }
    Graph graph = Expand.apply(Graph.of(Map.of("y", Ops.concat(0, parts))), g -> node -> false);
    List<Node> joins = graph.nodes().stream().filter(node -> node.op() instanceof Concat).toList();
    assertEquals(6, joins.size());
    assertTrue(joins.stream().allMatch(node -> node.inputs().size() == 2));
  }

  /** A rule that looks at the graph around a node sees the graph that the node is in. */
  @Test
  void asksAboutTheNodesOfTheGraphThatIsExpanded() {
    Tensor x = Ops.input("x", Shape.of(3, 2));
    Tensor one = Ops.constant(1, Shape.of(2));
    Tensor normal = Node.of(new LayerNorm(0.1), x, one, one);
    Tensor y = new Node(new BatchNorm(0.1), List.of(normal, one, one)).output(0);
    Graph expanded =
        Expand.apply(
            Graph.of(Map.of("y", y)),
            graph -> {
              Node last = graph.roots().getFirst().producer();
              return node -> node == last;
            });
    assertEquals(new BatchNorm(0.1), expanded.roots().getFirst().op());
    assertTrue(expanded.nodes().stream().noneMatch(node -> node.op() instanceof LayerNorm));
  }
}
