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
 * @param before by kernel, in the graph's own order, those that must have run
 * @param bound the values that lie in a variable's memory
 */
record Schedule(Graph graph, Map<Node, Set<Node>> before, Map<Tensor, Variable> bound) {

  /**
   * @param code what a kernel is, with the inputs whose memory its outputs may take
   */
  static Schedule of(Graph fused, Function<Node, KernelCode.Written> code) {
    return new Scheduler(Memories.withOwnRoots(fused), code).run();
  }

  /** What a kernel reads of the tensors that a plan places, each once, without its shape. */
  Set<Tensor> transientInputs(Node node) {
    var bases = new LinkedHashSet<Tensor>();
    for (Tensor input : node.inputs()) {
      Tensor base = Memories.base(input);
      if (!Memories.isLasting(base) && !bound.containsKey(base)) {
        bases.add(base);
      }
    }
    return bases;
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
      return new Schedule(scheduled, before, bound);
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
  }
}
