// SPDX-License-Identifier: Apache-2.0
package gander.graph;

import gander.graph.op.Input;
import gander.graph.op.Node;
import gander.graph.op.Random;
import gander.graph.op.Read;
import gander.graph.op.Rewrite;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.runtime.GanderException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What one run computes: named tensors that can be read afterwards, and assignments to variables.
 * Immutable. All reads of variables see their values before the run, whatever is assigned.
 *
 * @param outputs in the order they are reported
 * @param assignments at most one a variable
 */
public record Graph(Map<String, Tensor> outputs, List<Assignment> assignments) {
  public Graph {
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    assignments = List.copyOf(assignments);
    var assigned = new LinkedHashSet<Variable>();
    for (Assignment assignment : assignments) {
      if (!assigned.add(assignment.variable())) {
        throw new GanderException(
            "variable %s is assigned twice in one graph".formatted(assignment.variable().name()));
      }
    }
  }

  /** A graph that only computes. */
  public static Graph of(Map<String, Tensor> outputs) {
    return new Graph(outputs, List.of());
  }

  /** The output of that name. */
  public Tensor output(String name) {
    Tensor output = outputs.get(name);
    if (output == null) {
      throw new IllegalArgumentException(
          "this graph has no output '" + name + "' (it has " + outputs.keySet() + ")");
    }
    return output;
  }

  /** The outputs, then the assigned values. */
  public List<Tensor> roots() {
    var roots = new ArrayList<>(outputs.values());
    assignments.forEach(assignment -> roots.add(assignment.value()));
    return roots;
  }

  /** Every node that is needed, producers first. */
  public List<Node> nodes() {
    return Rewrite.nodes(roots());
  }

  /** The inputs by name. */
  public Map<String, Tensor> inputs() {
    var inputs = new LinkedHashMap<String, Tensor>();
    for (Node node : nodes()) {
      if (node.op() instanceof Input input) {
        Tensor before = inputs.putIfAbsent(input.key(), node.output(0));
        if (before != null && !before.shape().equals(input.shape())) {
          throw new GanderException(
              "input '%s' is used with shapes %s and %s"
                  .formatted(input.key(), before.shape(), input.shape()));
        }
      }
    }
    return inputs;
  }

  /** Every variable that is read or assigned. */
  public Set<Variable> variables() {
    var variables = new LinkedHashSet<Variable>();
    for (Node node : nodes()) {
      if (node.op() instanceof Read read) {
        variables.add(read.variable());
      }
    }
    assignments.forEach(assignment -> variables.add(assignment.variable()));
    return variables;
  }

  /** The same with other tensors in the place of its roots. */
  public Graph mapRoots(Function<Tensor, Tensor> change) {
    var changed = new LinkedHashMap<String, Tensor>();
    outputs.forEach((name, tensor) -> changed.put(name, change.apply(tensor)));
    return new Graph(
        changed,
        assignments.stream()
            .map(a -> new Assignment(a.variable(), change.apply(a.value())))
            .toList());
  }

  /**
   * The same with draws replaced by inputs of their names, so that a recorded run can be replayed.
   *
   * @param names of draws; a name that is no draw of this graph is an error
   */
  public Graph withDrawsAsInputs(Set<String> names) {
    var replacements = new HashMap<Tensor, Tensor>();
    var found = new LinkedHashSet<String>();
    for (Node node : nodes()) {
      if (node.op() instanceof Random random && names.contains(random.key())) {
        found.add(random.key());
        replacements.put(node.output(0), Node.of(new Input(random.key(), random.shape())));
      }
    }
    if (!found.equals(names)) {
      var missing = new LinkedHashSet<>(names);
      missing.removeAll(found);
      throw new GanderException("the graph draws no random numbers named " + missing);
    }
    return mapRoots(new Rewrite(replacements)::copy);
  }
}
