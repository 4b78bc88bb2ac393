// SPDX-License-Identifier: Apache-2.0
package gander.graph.pass;

import gander.graph.Assignment;
import gander.graph.Graph;
import gander.graph.op.Broadcast;
import gander.graph.op.Constant;
import gander.graph.op.Fusion;
import gander.graph.op.Iota;
import gander.graph.op.Node;
import gander.graph.op.Pointwise;
import gander.graph.op.Reduce;
import gander.graph.op.Reshape;
import gander.graph.op.Slice;
import gander.graph.op.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives memory to what has none where memory is needed. Broadcasts, slices, counts and constants
 * are ways to read, which maps do in place; where another op, an output or an assignment takes one,
 * a kernel that copies is put between.
 */
final class Materialize {
  private final Map<Tensor, Tensor> moved = new HashMap<>();
  private final Map<Tensor, Tensor> copies = new HashMap<>();

  private Materialize() {}

  static Graph apply(Graph graph) {
    var pass = new Materialize();
    for (Node node : graph.nodes()) {
      pass.visit(node);
    }
    var outputs = new LinkedHashMap<String, Tensor>();
    graph.outputs().forEach((name, tensor) -> outputs.put(name, pass.inMemory(tensor)));
    List<Assignment> assignments =
        graph.assignments().stream()
            .map(a -> new Assignment(a.variable(), pass.inMemory(a.value())))
            .toList();
    return new Graph(outputs, assignments);
  }

  private void visit(Node node) {
    boolean reads = node.op() instanceof Pointwise || isWayToRead(node);
    var inputs = new ArrayList<Tensor>();
    for (Tensor input : node.inputs()) {
      inputs.add(
          reads ? moved.getOrDefault(input, input) : inMemory(input, node.op() instanceof Reduce));
    }
    Node changed = inputs.equals(node.inputs()) ? node : new Node(node.op(), inputs);
    for (int i = 0; i < node.outputs(); i++) {
      moved.put(node.output(i), changed.output(i));
    }
  }

  private Tensor inMemory(Tensor tensor) {
    return inMemory(tensor, false);
  }

  /**
   * The tensor, copied if it has no memory.
   *
   * @param byMap whether a map makes the copy, which can become a prologue of the only op that
   *     takes it; a matrix product rather has its operands as they are
   */
  private Tensor inMemory(Tensor tensor, boolean byMap) {
    Tensor now = moved.getOrDefault(tensor, tensor);
    if (!isWayToRead(now.producer())) {
      return now;
    }
    Tensor known = byMap ? null : copies.get(now);
    if (known == null) {
      known = copy(now, byMap);
      copies.putIfAbsent(now, known);
    }
    return known;
  }

  private Tensor copy(Tensor tensor, boolean byMap) {
    if (!byMap && tensor.op() instanceof Reshape reshape) {
      return Node.of(reshape, inMemory(tensor.producer().input(0)));
    }
    if (!byMap && tensor.op() instanceof Slice slice) {
      Tensor x = inMemory(tensor.producer().input(0));
      return Node.of(Fusion.of(slice, List.of(x.shape())), x);
    }
    return Node.of(Pointwise.COPY, tensor);
  }

  /** Whether a node only says where in memory, or what number, to read. */
  static boolean isWayToRead(Node node) {
    return switch (node.op()) {
      case Constant constant -> true;
      case Iota iota -> true;
      case Broadcast broadcast -> true;
      case Slice slice -> true;
      case Reshape reshape ->
          node.input(0).shape().sameProper(reshape.shape())
              && isWayToRead(node.input(0).producer());
      default -> false;
    };
  }
}
