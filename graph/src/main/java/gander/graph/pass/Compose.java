// SPDX-License-Identifier: Apache-2.0
package gander.graph.pass;

import gander.graph.Graph;
import gander.graph.op.Expr;
import gander.graph.op.Node;
import gander.graph.op.Pointwise;
import gander.graph.op.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes one map of a map and the maps that only it reads, so that an interpreter goes once over the
 * elements. Devices fuse maps in kernels instead.
 */
public final class Compose {
  private Compose() {}

  public static Graph apply(Graph graph) {
    Map<Tensor, Integer> uses = new HashMap<>();
    for (Node node : graph.nodes()) {
      node.inputs().forEach(input -> uses.merge(input, 1, Integer::sum));
    }
    graph.roots().forEach(root -> uses.merge(root, 1, Integer::sum));
    return Rebuild.of(
        graph,
        (node, before) ->
            node.op() instanceof Pointwise map
                ? List.of(composed(map, node, before, uses))
                : node.allOutputs());
  }

  private static Tensor composed(Pointwise map, Node node, Node before, Map<Tensor, Integer> uses) {
    var read = new ArrayList<Tensor>();
    var arguments = new ArrayList<Expr>();
    for (int i = 0; i < node.inputs().size(); i++) {
      Tensor input = node.input(i);
      boolean only = uses.getOrDefault(before.input(i), 0) == 1;
      if (only && input.op() instanceof Pointwise inner) {
        List<Tensor> behind = input.producer().inputs();
        arguments.add(inner.expression().substitute(k -> Expr.arg(place(behind.get(k), read))));
      } else {
        arguments.add(Expr.arg(place(input, read)));
      }
    }
    return Pointwise.compact(map.expression().substitute(arguments::get), read);
  }

  /** Where a tensor stands in a list, at whose end it is put if it is not there. */
  private static int place(Tensor tensor, List<Tensor> list) {
    if (!list.contains(tensor)) {
      list.add(tensor);
    }
    return list.indexOf(tensor);
  }
}
