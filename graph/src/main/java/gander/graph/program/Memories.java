// SPDX-License-Identifier: Apache-2.0
package gander.graph.program;

import gander.graph.Assignment;
import gander.graph.Graph;
import gander.graph.op.Concat;
import gander.graph.op.Fusion;
import gander.graph.op.Input;
import gander.graph.op.Node;
import gander.graph.op.Op;
import gander.graph.op.Parameter;
import gander.graph.op.Pointwise;
import gander.graph.op.Read;
import gander.graph.op.Reshape;
import gander.graph.op.Shape;
import gander.graph.op.Slice;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What memory stands behind the tensors of a graph of kernels: a kernel's result, a variable or an
 * input, or a concatenation of results that are made in their places. What else the graph has are
 * views of these.
 */
final class Memories {
  private final Map<Tensor, Place> parts = new HashMap<>();

  /**
   * Where a tensor lies.
   *
   * @param base whose memory it is
   * @param offset of its first byte there
   */
  record Place(Tensor base, long offset) {}

  Memories(Graph graph) {
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Concat) {
        long offset = 0;
        for (Tensor input : node.inputs()) {
          parts.put(base(input), new Place(node.output(0), offset));
          offset += input.shape().bytes();
        }
      }
    }
  }

  /** Where a tensor lies. */
  Place place(Tensor tensor) {
    Tensor base = tensor;
    long offset = 0;
    while (true) {
      if (base.op() instanceof Slice slice) {
        Shape of = base.producer().input(0).shape();
        offset += 4L * slice.begin() * of.product(slice.axis() + 1, of.rank());
        base = base.producer().input(0);
      } else if (base.op() instanceof Reshape) {
        base = base.producer().input(0);
      } else {
        Place whole = parts.get(base);
        if (whole == null) {
          return new Place(base, offset);
        }
        offset += whole.offset;
        base = whole.base;
      }
    }
  }

  /** Whether a tensor is made where it belongs in a concatenation. */
  boolean isPart(Tensor tensor) {
    return parts.containsKey(base(tensor));
  }

  /** The kernels' results, variables and inputs whose memory a tensor is, each once. */
  static Set<Tensor> origins(Tensor tensor) {
    var origins = new LinkedHashSet<Tensor>();
    var stack = new ArrayList<>(List.of(tensor));
    while (!stack.isEmpty()) {
      Tensor now = stack.removeLast();
      if (isView(now)) {
        stack.addAll(now.producer().inputs().reversed());
      } else {
        origins.add(now);
      }
    }
    return origins;
  }

  private static boolean isView(Tensor tensor) {
    Op op = tensor.op();
    return op instanceof Reshape || op instanceof Slice || op instanceof Concat;
  }

  /** The tensor whose memory, all of it, this one is under another shape. */
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
    return node.inputs().stream().anyMatch(input -> isOf(input, variable));
  }

  /** Whether a tensor is memory of a variable. */
  static boolean isOf(Tensor tensor, Variable variable) {
    return origins(tensor).stream()
        .anyMatch(origin -> origin.op() instanceof Read read && read.variable() == variable);
  }

  /** A kernel that copies a tensor. */
  static Tensor copy(Tensor tensor) {
    Tensor parameter = Node.of(new Parameter(0, tensor.shape()));
    Tensor map = Node.of(Pointwise.COPY, parameter);
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
