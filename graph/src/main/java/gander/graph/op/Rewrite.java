// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Walking graphs and building changed copies of them. */
public final class Rewrite {
  private final Map<Tensor, Tensor> done;

  /**
   * @param replacements what stands for some tensors in the copies
   */
  public Rewrite(Map<Tensor, Tensor> replacements) {
    done = new HashMap<>(replacements);
  }

  /**
   * A copy of a tensor with the replacements made in all it depends on; unchanged parts are kept.
   */
  public Tensor copy(Tensor tensor) {
    for (Node node : nodes(List.of(tensor), done.keySet())) {
      List<Tensor> inputs = node.inputs().stream().map(t -> done.getOrDefault(t, t)).toList();
      if (!inputs.equals(node.inputs())) {
        Node changed = new Node(node.op(), inputs);
        for (int i = 0; i < node.outputs(); i++) {
          done.putIfAbsent(node.output(i), changed.output(i));
        }
      }
    }
    return done.getOrDefault(tensor, tensor);
  }

  public List<Tensor> copy(List<Tensor> tensors) {
    return tensors.stream().map(this::copy).toList();
  }

  /** Every node the tensors depend on, producers before consumers, in an order that is stable. */
  public static List<Node> nodes(List<Tensor> roots) {
    return nodes(roots, Set.of());
  }

  /** The same, without what lies behind the tensors of {@code stops}. */
  public static List<Node> nodes(List<Tensor> roots, Set<Tensor> stops) {
    var order = new LinkedHashSet<Node>();
    var stack = new ArrayList<Node>();
    for (Tensor root : roots) {
      if (stops.contains(root)) {
        continue;
      }
      stack.add(root.producer());
      while (!stack.isEmpty()) {
        Node node = stack.getLast();
        if (order.contains(node)) {
          stack.removeLast();
          continue;
        }
        int before = stack.size();
        // Pushed last to first, so that the first input's producers come first.
        for (Tensor input : node.inputs().reversed()) {
          if (!stops.contains(input) && !order.contains(input.producer())) {
            stack.add(input.producer());
          }
        }
        if (stack.size() == before) {
          order.add(node);
          stack.removeLast();
        }
      }
    }
    return List.copyOf(order);
  }
}
