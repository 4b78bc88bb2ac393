// SPDX-License-Identifier: Apache-2.0
package gander.graph.pass;

import gander.graph.Graph;
import gander.graph.op.Contract;
import gander.graph.op.Fusion;
import gander.graph.op.Node;
import gander.graph.op.Parameter;
import gander.graph.op.Reshape;
import gander.graph.op.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds the graph of fusions that a grouping of nodes describes. */
final class FusionBuilder {
  private final Map<Node, Fuse.Group> groups;
  private final Map<Tensor, Tensor> built = new HashMap<>();
  private final Map<Fuse.Group, Body> bodies = new HashMap<>();
  private final Map<Tensor, Set<Node>> users = new HashMap<>();
  private final Set<Tensor> roots;

  private FusionBuilder(Graph graph, Map<Node, Fuse.Group> groups) {
    this.groups = groups;
    this.roots = new HashSet<>(graph.roots());
    for (Node node : graph.nodes()) {
      for (Tensor input : node.inputs()) {
        users.computeIfAbsent(input, t -> new LinkedHashSet<>()).add(node);
      }
    }
  }

  static Graph apply(Graph graph, Map<Node, Fuse.Group> groups) {
    var builder = new FusionBuilder(graph, groups);
    return graph.mapRoots(builder::build);
  }

  /**
   * The tensor of the new graph that holds what a tensor in memory held. With a stack of its own,
   * since a graph can be deeper than the thread's.
   */
  private Tensor build(Tensor root) {
    var stack = new ArrayList<>(List.of(root));
    while (!stack.isEmpty()) {
      Tensor tensor = stack.getLast();
      List<Tensor> missing =
          needed(tensor).stream().filter(input -> !built.containsKey(input)).toList();
      if (built.containsKey(tensor)) {
        stack.removeLast();
      } else if (missing.isEmpty()) {
        make(tensor);
      } else {
        stack.addAll(missing);
      }
    }
    return built(root);
  }

  private Tensor built(Tensor tensor) {
    return Objects.requireNonNull(built.get(tensor));
  }

  /** What must be in memory for a tensor to be computed. */
  private List<Tensor> needed(Tensor tensor) {
    Fuse.Group group = groups.get(tensor.producer());
    if (group != null) {
      return bodies.computeIfAbsent(group, Body::new).outside;
    }
    return tensor.op() instanceof Reshape ? tensor.producer().inputs() : List.of();
  }

  private void make(Tensor tensor) {
    Fuse.Group group = groups.get(tensor.producer());
    if (group != null) {
      Objects.requireNonNull(bodies.get(group)).make();
    } else if (tensor.op() instanceof Reshape reshape) {
      built.put(tensor, Node.of(reshape, built(tensor.producer().input(0))));
    } else {
      built.put(tensor, tensor);
    }
  }

  /** One fusion in the making. */
  private final class Body {
    private final Fuse.Group group;
    private final List<Tensor> outside = new ArrayList<>();
    private final List<Tensor> parameters = new ArrayList<>();
    private final Map<Tensor, Tensor> inside = new HashMap<>();
    private final Map<Tensor, Tensor> shared = new HashMap<>();
    private final List<Tensor> results;
    private final Fusion fusion;

    Body(Fuse.Group group) {
      this.group = group;
      Node old = group.core();
      if (old != null && old.op() instanceof Fusion whole) {
        outside.addAll(old.inputs());
        results = old.allOutputs();
        fusion = whole;
        return;
      }
      @Nullable Node core = null;
      if (old != null) {
        core = new Node(old.op(), old.inputs().stream().map(this::operand).toList());
        for (int i = 0; i < old.outputs(); i++) {
          inside.put(old.output(i), core.output(i));
        }
      }
      results = results();
      fusion = new Fusion(core, parameters, results.stream().map(this::value).toList());
    }

    /** Puts the fusion on its inputs, which are there by now. */
    void make() {
      var node = new Node(fusion, outside.stream().map(FusionBuilder.this::built).toList());
      for (int i = 0; i < results.size(); i++) {
        built.put(results.get(i), node.output(i));
      }
    }

    /** An operand of the core: computed by its prologue, or a parameter of its own. */
    private Tensor operand(Tensor tensor) {
      return isInside(tensor) ? value(tensor) : parameter(tensor);
    }

    private Tensor parameter(Tensor tensor) {
      Tensor parameter = Node.of(new Parameter(parameters.size(), tensor.shape()));
      parameters.add(parameter);
      outside.add(tensor);
      return parameter;
    }

    /** What stands in the body for a tensor of the graph. */
    private Tensor value(Tensor tensor) {
      Tensor known = inside.get(tensor);
      if (known == null) {
        known = isInside(tensor) ? copy(tensor) : shared.computeIfAbsent(tensor, this::parameter);
        inside.put(tensor, known);
      }
      return known;
    }

    private Tensor copy(Tensor tensor) {
      Node node = tensor.producer();
      return new Node(node.op(), node.inputs().stream().map(this::value).toList())
          .output(tensor.index());
    }

    /** Whether the body computes a tensor, or reads it in a way of its own, at each point. */
    private boolean isInside(Tensor tensor) {
      Node node = tensor.producer();
      if (group.nodes().contains(node) || Materialize.isWayToRead(node)) {
        return true;
      }
      return node.op() instanceof Reshape
          && node.input(0).shape().sameProper(tensor.shape())
          && isInside(node.input(0));
    }

    /**
     * What others need of the group, and all that the core's kernel writes by itself: first the
     * values that maps or the hooked output give, then the core's other outputs.
     */
    private List<Tensor> results() {
      var results = new ArrayList<Tensor>();
      for (Node node : group.nodes()) {
        Tensor value = node.output(0);
        if (isNeededOutside(value) && !results.contains(value)) {
          results.add(value);
        }
      }
      Node old = group.core();
      if (old == null) {
        return results;
      }
      if (group.nodes().size() == 1) {
        return old.allOutputs();
      }
      Contract contract = old.op().contract(old.inputShapes(), old.shapes());
      boolean hooked =
          contract != null && contract.outputs().getFirst().role() == Contract.Role.HOOKED;
      if (!hooked && !results.contains(old.output(0))) {
        results.addFirst(old.output(0));
      }
      if (results.contains(old.output(0))) {
        // The core's own output stays in front, where its contract has it.
        results.remove(old.output(0));
        results.addFirst(old.output(0));
      }
      for (int i = 1; i < old.outputs(); i++) {
        results.add(old.output(i));
      }
      return results;
    }

    private boolean isNeededOutside(Tensor value) {
      if (roots.contains(value)) {
        return true;
      }
      for (Node user : users.getOrDefault(value, Set.of())) {
        boolean passedOn = !groups.containsKey(user);
        if (passedOn ? isNeededOutside(user.output(0)) : !group.nodes().contains(user)) {
          return true;
        }
      }
      return false;
    }
  }
}
