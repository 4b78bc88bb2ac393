// SPDX-License-Identifier: Apache-2.0
package gander.graph.pass;

import gander.graph.Graph;
import gander.graph.op.Composite;
import gander.graph.op.Concat;
import gander.graph.op.Node;
import gander.graph.op.Ops;
import gander.graph.op.Reduce;
import gander.graph.op.Shape;
import gander.graph.op.StopGradient;
import gander.graph.op.Tensor;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Replaces what no kernel computes by what kernels do: composites without a kernel by their
 * expansions, a reduction over axes that are not neighbours by one of each run of axes, a
 * concatenation of many by ones of two, and a {@link StopGradient} by the tensor itself.
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
      Graph after = Rebuild.of(before, (node, old) -> outputs(node, keeps.test(old)));
      if (after.nodes().equals(before.nodes())) {
        return after;
      }
      before = after;
    }
  }

  private static List<Tensor> outputs(Node node, boolean kept) {
    return switch (node.op()) {
      case Composite composite when !kept -> composite.expand(node.inputs());
      case StopGradient stop -> node.inputs();
      case Reduce reduce when reduce.contract(node.inputShapes(), node.shapes()) == null ->
          List.of(reduceLastRun(reduce, node.input(0)));
      case Concat concat when node.inputs().size() != 2 -> List.of(join(concat, node.inputs()));
      default -> node.allOutputs();
    };
  }

  /** Reduces the last run of neighbours first; what remains is a smaller reduction. */
  private static Tensor reduceLastRun(Reduce reduce, Tensor x) {
    List<Integer> axes = reduce.axes();
    int first = axes.size() - 1;
    while (areNeighbours(axes.subList(first - 1, axes.size()), x)) {
      first--;
    }
    Tensor inner = Node.of(new Reduce(reduce.kind(), axes.subList(first, axes.size())), x);
    return Node.of(new Reduce(reduce.kind(), axes.subList(0, first)), inner);
  }

  private static boolean areNeighbours(List<Integer> axes, Tensor x) {
    var reduce = new Reduce(Reduce.Kind.SUM, axes);
    List<Shape> shapes = List.of(x.shape());
    return reduce.contract(shapes, reduce.shapes(shapes)) != null;
  }

  /** Joins halves, so that every element is copied log2(n) times at most. */
  private static Tensor join(Concat concat, List<Tensor> parts) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    int half = parts.size() / 2;
    return Ops.concat(
        concat.axis(),
        Ops.concat(concat.axis(), parts.subList(0, half).toArray(Tensor[]::new)),
        Ops.concat(concat.axis(), parts.subList(half, parts.size()).toArray(Tensor[]::new)));
  }
}
