// SPDX-License-Identifier: Apache-2.0
package gander.graph.pass;

import gander.graph.Graph;
import gander.graph.op.Composite;
import gander.graph.op.Concat;
import gander.graph.op.Node;
import gander.graph.op.Ops;
import gander.graph.op.Reduce;
import gander.graph.op.Tensor;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Replaces what no kernel computes by what kernels do: composites without a kernel by their
 * expansions, a reduction over axes that are not neighbours by one of each run of axes, a
 * concatenation of many by ones of two.
 */
public final class Expand {
  private Expand() {}

  /**
   * Expands a graph.
   *
   * @param kept given a graph, says of a composite's node in it whether it stays whole
   */
  public static Graph apply(Graph graph, Function<Graph, Predicate<Node>> kept) {
    Graph before = graph;
    // An expansion may hold composites in turn.
    while (true) {
      Predicate<Node> keeps = kept.apply(before);
      Graph after = Rebuild.of(before, (old, node) -> outputs(node, keeps.test(old)));
      if (after.nodes().equals(before.nodes())) {
        return after;
      }
      before = after;
    }
  }

  private static List<Tensor> outputs(Node node, boolean kept) {
    return switch (node.op()) {
      case Composite composite when !kept -> composite.expand(node.inputs());
      case Reduce reduce when reduce.contract(node.inputShapes(), node.shapes()) == null ->
          List.of(reduceLastRun(reduce, node.input(0)));
      case Concat concat when node.inputs().size() > 2 -> List.of(join(concat, node.inputs()));
      default -> node.allOutputs();
    };
  }

  /** Reduces the last axis first; what remains is a smaller reduction of the same kind. */
  private static Tensor reduceLastRun(Reduce reduce, Tensor x) {
    List<Integer> axes = reduce.axes();
    int last = axes.getLast();
    Tensor inner = Node.of(new Reduce(reduce.kind(), List.of(last)), x);
    return Node.of(new Reduce(reduce.kind(), axes.subList(0, axes.size() - 1)), inner);
  }

  /** Joins halves, so that every element is copied log2(n) times at most. */
  private static Tensor join(Concat concat, List<Tensor> parts) {
    int half = parts.size() / 2;
    return Ops.concat(
        concat.axis(),
        Ops.concat(concat.axis(), parts.subList(0, half).toArray(Tensor[]::new)),
        Ops.concat(concat.axis(), parts.subList(half, parts.size()).toArray(Tensor[]::new)));
  }
}
