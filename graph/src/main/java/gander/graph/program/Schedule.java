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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * A program's kernels, what each has to wait for, and which of them write a variable's memory
 * directly.
 *
 * <p>An assigned value is written straight into its variable where every kernel that reads the old
 * value can run before; where they cannot (two variables exchanged, say), it is computed beside and
 * copied at the end.
 *
 * @param memories of the graph
 * @param before by kernel, in the graph's own order, those that must have run
 * @param bound the values that lie in a variable's memory
 */
record Schedule(
    Graph graph, Memories memories, Map<Node, Set<Node>> before, Map<Tensor, Variable> bound) {

  /**
   * @param fused with its roots as {@link Memories#withOwnRoots} has them
   * @param code what a kernel is, with the inputs whose memory its outputs may take
   */
  static Schedule of(Graph fused, Function<Node, KernelCode.Written> code) {
    return new Scheduler(fused, code).run();
  }

  /** The kernels' results that a kernel reads and that a plan places, each once. */
  Set<Tensor> transientInputs(Node node) {
    var results = new LinkedHashSet<Tensor>();
    node.inputs().forEach(input -> results.addAll(transientOrigins(input)));
    return results;
  }

  /** The same of what can be read when all has run. */
  Set<Tensor> transientOutputs() {
    var results = new LinkedHashSet<Tensor>();
    graph.outputs().values().forEach(output -> results.addAll(transientOrigins(output)));
    return results;
  }

  private List<Tensor> transientOrigins(Tensor tensor) {
    return Memories.origins(tensor).stream()
        .filter(origin -> !Memories.isLasting(origin) && !bound.containsKey(origin))
        .toList();
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
      return new Schedule(scheduled, new Memories(scheduled), before, bound);
    }

    private void addKernels(Collection<Node> nodes) {
      for (Node node : nodes) {
        if (!(node.op() instanceof Fusion)) {
          continue;
        }
        var needed = new LinkedHashSet<Node>();
        for (Tensor input : node.inputs()) {
          for (Tensor origin : Memories.origins(input)) {
            if (!Memories.isLasting(origin)) {
              needed.add(origin.producer());
            }
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
        boolean own = Memories.isOf(writer.input(i), variable);
        boolean whole = writer.input(i).shape().size() == base.shape().size();
        if (own && !(taker && whole && written.inPlace().contains(i))) {
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
  }
}
