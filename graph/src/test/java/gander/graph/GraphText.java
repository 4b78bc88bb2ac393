// SPDX-License-Identifier: Apache-2.0
package gander.graph;

import gander.graph.op.Node;
import gander.graph.op.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** A graph as text, for the messages of failed tests. */
public final class GraphText {
  private GraphText() {}

  public static String of(Graph graph) {
    var text = new StringBuilder();
    Map<Node, Integer> numbers = new HashMap<>();
    for (Node node : graph.nodes()) {
      numbers.put(node, numbers.size());
      text.append(
          "  %%%d = %s(%s) %s%n"
              .formatted(
                  numbers.get(node),
                  node.op().describe(),
                  node.inputs().stream()
                      .map(t -> name(t, numbers))
                      .collect(Collectors.joining(", ")),
                  node.shapes()));
    }
    graph
        .outputs()
        .forEach((name, t) -> text.append("  output %s = %s%n".formatted(name, name(t, numbers))));
    graph
        .assignments()
        .forEach(
            a -> text.append("  %s := %s%n".formatted(a.variable(), name(a.value(), numbers))));
    return text.toString();
  }

  private static String name(Tensor tensor, Map<Node, Integer> numbers) {
    String number = "%" + numbers.get(tensor.producer());
    return tensor.producer().outputs() == 1 ? number : number + "." + tensor.index();
  }
}
