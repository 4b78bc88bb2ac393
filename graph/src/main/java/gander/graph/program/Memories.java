// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.Assignment;
import gander.graph.Graph;
import gander.graph.op.Expr;
import gander.graph.op.Fusion;
import gander.graph.op.Input;
import gander.graph.op.Node;
import gander.graph.op.Parameter;
import gander.graph.op.Pointwise;
import gander.graph.op.Read;
import gander.graph.op.Reshape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What memory stands behind the tensors of a fused graph. */
final class Memories {
  private Memories() {}

  /** The tensor whose memory this one is, under whatever shape. */
  static Tensor base(Tensor tensor) {
    Tensor base = tensor;
    while (base.op() instanceof Reshape) {
      base = base.producer().input(0);
    }
    return base;
  }

  /** Whether its memory outlives a run, so that no plan places it. */
  static boolean isLasting(Tensor base) {
    return base.op() instanceof Read || base.op() instanceof Input;
  }

  /** Whether a node reads a variable's memory as it was before the run. */
  static boolean reads(Node node, Variable variable) {
    return node.inputs().stream()
        .anyMatch(input -> base(input).op() instanceof Read r && r.variable() == variable);
  }

  /** A kernel that copies a tensor. */
  static Tensor copy(Tensor tensor) {
    Tensor parameter = Node.of(new Parameter(0, tensor.shape()));
    Tensor map = Node.of(new Pointwise(Expr.arg(0), 1), parameter);
    return Node.of(new Fusion(null, List.of(parameter), List.of(map)), tensor);
  }

  /**
   * A graph in which every output and every assigned value is a kernel's result, each assigned to
   * one variable at most: an input or a variable that is passed on as it is, is copied. So is an
   * output that is assigned too, since others may write the variable before the output is read.
   */
  static Graph withOwnRoots(Graph graph) {
    var assigned = new LinkedHashMap<Tensor, Variable>();
    List<Assignment> assignments =
        graph.assignments().stream()
            .map(a -> {
              Tensor value = own(a.value());
              Variable before = assigned.putIfAbsent(base(value), a.variable());
              return new Assignment(a.variable(), before == null ? value : copy(value));
            })
            .toList();
    var outputs = new LinkedHashMap<String, Tensor>();
    graph
        .outputs()
        .forEach((name, tensor) ->
            outputs.put(name, assigned.containsKey(base(tensor)) ? copy(tensor) : own(tensor)));
    return new Graph(outputs, assignments);
  }

  private static Tensor own(Tensor tensor) {
    return isLasting(base(tensor)) ? copy(tensor) : tensor;
  }

  /** The value each variable is assigned, by variable. */
  static Map<Variable, Tensor> assigned(Graph graph) {
    var assigned = new LinkedHashMap<Variable, Tensor>();
    graph.assignments().forEach(a -> assigned.put(a.variable(), a.value()));
    return assigned;
  }
}
