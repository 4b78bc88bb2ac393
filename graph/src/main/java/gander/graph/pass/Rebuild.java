// SPDX-License-Identifier: Apache-2.0
package gander.graph.pass;

import gander.graph.Graph;
import gander.graph.op.Node;
import gander.graph.op.Op;
import gander.graph.op.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds a graph anew, node by node from producers to consumers, with a rule that may put other
 * tensors in the place of a node's outputs. Equal ops on the same inputs become one node, and
 * whatever nothing depends on any more is gone.
 */
public final class Rebuild {
  /** What stands for the outputs of a node. */
  public interface Rule {
    /**
     * @param node of the new graph, its inputs already rebuilt
     * @param before the node of the old graph that it comes from
     */
    List<Tensor> outputs(Node node, Node before);
  }

  private record Key(Op op, List<Tensor> inputs) {}

  private final Map<Key, Node> shared = new HashMap<>();
  private final Map<Tensor, Tensor> done = new HashMap<>();
  private final Rule rule;

  private Rebuild(Rule rule) {
    this.rule = rule;
  }

  public static Graph of(Graph graph, Rule rule) {
    var rebuild = new Rebuild(rule);
    for (Node node : graph.nodes()) {
      rebuild.visit(node);
    }
    return graph.mapRoots(tensor -> rebuild.done.getOrDefault(tensor, tensor));
  }

  private void visit(Node node) {
    List<Tensor> inputs =
        node.inputs().stream().map(tensor -> done.getOrDefault(tensor, tensor)).toList();
    Node moved = inputs.equals(node.inputs()) ? node : new Node(node.op(), inputs);
    List<Tensor> outputs = rule.outputs(share(moved), node);
    for (int i = 0; i < node.outputs(); i++) {
      Tensor output = outputs.get(i);
      // What a rule made may itself be new nodes over shared ones: share its last step too.
      done.put(node.output(i), share(output.producer()).output(output.index()));
    }
  }

  private Node share(Node node) {
    Node same = shared.putIfAbsent(new Key(node.op(), node.inputs()), node);
    return same == null ? node : same;
  }
}
