// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.Assignment;
import gander.graph.Graph;
import gander.graph.codegen.KernelCode;
import gander.graph.op.Fusion;
import gander.graph.op.Node;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The order in which a program's kernels run, and which of them write a variable's memory directly.
 *
 * <p>An assigned value is written straight into its variable where every kernel that reads the old
 * value can run before; where they cannot (two variables exchanged, say), it is computed beside and
 * copied at the end.
 *
 * @param order kernels, each after those it needs
 * @param bound the values that lie in a variable's memory
 */
record Schedule(Graph graph, List<Node> order, Map<Tensor, Variable> bound) {

  /**
   * @param code what a kernel is, with the inputs whose memory its outputs may take
   */
  static Schedule of(Graph fused, Function<Node, KernelCode.Written> code) {
    return new Scheduler(Memories.withOwnRoots(fused), code).run();
  }

  private static final class Scheduler {
    private final Function<Node, KernelCode.Written> code;
    private final List<Assignment> assignments = new ArrayList<>();
    private final Map<Tensor, Variable> bound = new LinkedHashMap<>();
    private final Map<Node, Set<Node>> before = new LinkedHashMap<>();
    private final Graph graph;

    Scheduler(Graph graph, Function<Node, KernelCode.Written> code) {
      this.graph = graph;
      this.code = code;
    }

    Schedule run() {
      addKernels(graph.nodes());
      List<Node> kernels = List.copyOf(before.keySet());
      for (Assignment assignment : graph.assignments()) {
        Variable variable = assignment.variable();
        Tensor value = assignment.value();
        List<Node> readers =
            kernels.stream().filter(node -> Memories.reads(node, variable)).toList();
        if (!bind(variable, value, readers)) {
          value = Memories.copy(value);
          addKernels(List.of(value.producer()));
          if (!bind(variable, value, readers)) {
            throw new IllegalStateException("a last copy to " + variable + " cannot wait");
          }
        }
        assignments.add(new Assignment(variable, value));
      }
      var scheduled = new Graph(graph.outputs(), assignments);
      return new Schedule(scheduled, order(), bound);
    }

    private void addKernels(Collection<Node> nodes) {
      for (Node node : nodes) {
        if (!(node.op() instanceof Fusion)) {
          continue;
        }
        var needed = new LinkedHashSet<Node>();
        for (Tensor input : node.inputs()) {
          Tensor base = Memories.base(input);
          if (!Memories.isLasting(base)) {
            needed.add(base.producer());
          }
        }
        before.put(node, needed);
      }
    }

    /** Lets a kernel write into a variable, after every reader of what is there. */
    private boolean bind(Variable variable, Tensor value, List<Node> readers) {
      Tensor base = Memories.base(value);
      Node writer = base.producer();
      KernelCode.Written written = code.apply(writer);
      boolean taker = written.takers().contains(base.index());
      for (int i = 0; i < writer.inputs().size(); i++) {
        boolean own = readsFrom(writer, i, variable);
        if (own && !(taker && written.inPlace().contains(i))) {
          return false;
        }
      }
      if (readers.stream().anyMatch(reader -> reader != writer && waitsFor(reader, writer))) {
        return false;
      }
      for (Node reader : readers) {
        if (reader != writer) {
          needs(writer).add(reader);
        }
      }
      bound.put(base, variable);
      return true;
    }

    private static boolean readsFrom(Node node, int input, Variable variable) {
      Tensor base = Memories.base(node.input(input));
      return base.op() instanceof gander.graph.op.Read read && read.variable() == variable;
    }

    private Set<Node> needs(Node node) {
      return Objects.requireNonNull(before.get(node));
    }

    private boolean waitsFor(Node later, Node earlier) {
      var seen = new HashSet<Node>();
      var stack = new ArrayList<Node>(List.of(later));
      while (!stack.isEmpty()) {
        Node node = stack.removeLast();
        if (node == earlier) {
          return true;
        }
        if (seen.add(node)) {
          stack.addAll(needs(node));
        }
      }
      return false;
    }

    /**
     * Of the kernels that could run next, the one that leaves the least memory in use; of equals,
     * the first in the graph's own order.
     */
    private List<Node> order() {
      Map<Tensor, Integer> usesLeft = new HashMap<>();
      for (Node node : before.keySet()) {
        arenaInputs(node).forEach(base -> usesLeft.merge(base, 1, Integer::sum));
      }
      graph.outputs().values().forEach(t -> usesLeft.merge(Memories.base(t), 1, Integer::sum));
      Map<Node, Integer> unmet = new HashMap<>();
      Map<Node, List<Node>> waiting = new HashMap<>();
      Map<Node, Integer> place = new HashMap<>();
      var ready = new TreeSet<Node>(Comparator.comparingInt(place::get));
      for (Map.Entry<Node, Set<Node>> entry : before.entrySet()) {
        place.put(entry.getKey(), place.size());
        unmet.put(entry.getKey(), entry.getValue().size());
        entry
            .getValue()
            .forEach(n -> waiting.computeIfAbsent(n, k -> new ArrayList<>()).add(entry.getKey()));
        if (entry.getValue().isEmpty()) {
          ready.add(entry.getKey());
        }
      }
      var order = new ArrayList<Node>();
      while (!ready.isEmpty()) {
        Node next = cheapest(ready, usesLeft);
        ready.remove(next);
        order.add(next);
        arenaInputs(next).forEach(base -> usesLeft.merge(base, -1, Integer::sum));
        for (Node node : waiting.getOrDefault(next, List.of())) {
          if (unmet.merge(node, -1, Integer::sum) == 0) {
            ready.add(node);
          }
        }
      }
      if (order.size() < before.size()) {
        throw new IllegalStateException("kernels wait for each other");
      }
      return order;
    }

    private Node cheapest(Set<Node> ready, Map<Tensor, Integer> usesLeft) {
      Node best = null;
      long bestGrowth = Long.MAX_VALUE;
      for (Node node : ready) {
        long growth = growth(node, usesLeft);
        if (growth < bestGrowth) {
          best = node;
          bestGrowth = growth;
        }
      }
      return Objects.requireNonNull(best);
    }

    private long growth(Node node, Map<Tensor, Integer> usesLeft) {
      long growth = 0;
      for (Tensor output : node.allOutputs()) {
        growth += bound.containsKey(output) ? 0 : output.shape().bytes();
      }
      for (Tensor base : arenaInputs(node)) {
        growth -= usesLeft.getOrDefault(base, 0) == 1 ? base.shape().bytes() : 0;
      }
      return growth;
    }

    private Set<Tensor> arenaInputs(Node node) {
      var bases = new LinkedHashSet<Tensor>();
      for (Tensor input : node.inputs()) {
        Tensor base = Memories.base(input);
        if (!Memories.isLasting(base) && !bound.containsKey(base)) {
          bases.add(base);
        }
      }
      return bases;
    }
  }
}
