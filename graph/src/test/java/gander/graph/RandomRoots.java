// SPDX-License-Identifier: Apache-2.0
package gander.graph;

import gander.graph.op.Adam;
import gander.graph.op.Momentum;
import gander.graph.op.Node;
import gander.graph.op.Ops;
import gander.graph.op.RmsProp;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** Random outputs, gradients and assignments of a random graph. */
final class RandomRoots {
  private final RandomGraphs graph;
  private final SplittableRandom random;
  private final Map<String, Tensor> outputs = new LinkedHashMap<>();
  private final List<Assignment> assignments = new ArrayList<>();
  private final Set<Variable> assigned = new HashSet<>();

  RandomRoots(RandomGraphs graph, SplittableRandom random) {
    this.graph = graph;
    this.random = random;
  }

  Graph graph() {
    for (int k = random.nextInt(1, 5); k > 0; k--) {
      output(random.nextInt(8) == 0 ? graph.leaves().getFirst() : graph.pick());
    }
    if (random.nextInt(4) > 0) {
      differentiate();
    }
    assign();
    return new Graph(outputs, assignments);
  }

  private void output(Tensor tensor) {
    outputs.put("y" + outputs.size(), tensor);
  }

  /** Gradients of a scalar, of some a gradient once more; as outputs or as an optimizer's input. */
  private void differentiate() {
    List<Tensor> leaves = graph.leaves();
    var with = new ArrayList<Tensor>();
    for (int k = random.nextInt(1, 4); k > 0; k--) {
      Tensor leaf = leaves.get(random.nextInt(leaves.size()));
      if (!with.contains(leaf)) {
        with.add(leaf);
      }
    }
    Tensor between = graph.pick();
    if (random.nextInt(3) == 0 && !with.contains(between)) {
      with.add(between);
    }
    Tensor loss = graph.scalar(Ops.tanh(graph.pick()));
    List<Tensor> gradients = graph.gradients(loss, with);
    if (random.nextInt(3) == 0 && !gradients.isEmpty()) {
      Tensor again = graph.scalar(Ops.square(gradients.getFirst()));
      gradients = graph.gradients(again, with);
    }
    for (int k = 0; k < gradients.size(); k++) {
      Tensor gradient = gradients.get(k);
      Variable variable = variableOf(with.get(k));
      if (variable != null && random.nextInt(4) > 0) {
        update(variable, gradient);
      } else {
        output(gradient);
      }
    }
  }

  private @org.jspecify.annotations.Nullable Variable variableOf(Tensor tensor) {
    return graph.variables().keySet().stream()
        .filter(v -> v.read().equals(tensor))
        .findFirst()
        .orElse(null);
  }

  private void update(Variable variable, Tensor gradient) {
    Shape shape = variable.shape();
    Tensor rate = Ops.scalar(0.125);
    Node node =
        switch (random.nextInt(3)) {
          case 0 -> {
            Variable m = graph.state(shape);
            Variable v = graph.state(shape);
            Tensor t = Ops.add(graph.step(), 1);
            var adam = new Adam(random.nextBoolean() ? 0 : 0.5, 0.75, 1e-3);
            yield step(adam, variable, gradient, List.of(m, v), List.of(t, rate));
          }
          case 1 ->
              step(
                  new Momentum(0.5),
                  variable,
                  gradient,
                  List.of(graph.state(shape)),
                  List.of(rate));
          default ->
              step(
                  new RmsProp(0.75, 1e-2),
                  variable,
                  gradient,
                  List.of(graph.state(shape)),
                  List.of(rate));
        };
    assign(variable, node.output(0));
  }

  private Node step(
      gander.graph.op.Op op, Variable w, Tensor gradient, List<Variable> state, List<Tensor> rest) {
    var inputs = new ArrayList<>(List.of(w.read(), gradient));
    state.forEach(variable -> inputs.add(variable.read()));
    inputs.addAll(rest);
    var node = new Node(op, inputs);
    for (int k = 0; k < state.size(); k++) {
      assign(state.get(k), node.output(k + 1));
    }
    return node;
  }

  /** New values for the variables that have none yet: updated, exchanged, replaced. */
  private void assign() {
    assign(graph.stepVariable(), Ops.add(graph.step(), 1));
    for (Variable variable : List.copyOf(graph.variables().keySet())) {
      Shape shape = variable.shape();
      Tensor other = graph.pick(s -> s.equals(shape));
      if (assigned.contains(variable) || other == null) {
        continue;
      }
      switch (random.nextInt(6)) {
        case 0 -> assign(variable, Ops.add(Ops.mul(variable.read(), 0.75), other));
        case 1 -> assign(variable, graph.formula(other, variable.read()));
        case 2 -> exchange(variable);
        case 3 -> assign(variable, other);
        case 4 -> {
          Tensor value = Ops.sub(other, 1);
          assign(variable, value);
          output(value);
        }
        default -> {}
      }
    }
  }

  /** Two variables of one shape take each other's value, or both the same. */
  private void exchange(Variable a) {
    for (Variable b : graph.variables().keySet()) {
      if (b != a && b.shape().equals(a.shape()) && !assigned.contains(b)) {
        Tensor value = random.nextBoolean() ? Ops.neg(b.read()) : b.read();
        assign(a, value);
        assign(b, random.nextBoolean() ? Ops.tanh(a.read()) : value);
        return;
      }
    }
  }

  private void assign(Variable variable, Tensor value) {
    assignments.add(new Assignment(variable, value));
    assigned.add(variable);
  }
}
