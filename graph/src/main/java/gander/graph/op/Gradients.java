// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reverse-mode differentiation. Gradients are graph nodes like any other: to differentiate again,
 * ask again.
 */
public final class Gradients {
  private Gradients() {}

  /**
   * The gradient of a scalar with respect to some tensors; zeros where it does not depend on them.
   * One of them may depend on another: each gradient takes every path to the loss.
   *
   * @param loss one number
   * @throws ShapeException if it is more than one
   */
  public static List<Tensor> of(Tensor loss, List<Tensor> variables) {
    ShapeException.check(
        loss.shape().size() == 1, "%s is not one number to differentiate", loss.describe());
    Tensor seed = Node.of(new Constant(1, loss.shape()));
    List<@Nullable Tensor> gradients = backward(List.of(loss), List.of(seed), variables);
    var result = new ArrayList<Tensor>();
    for (int i = 0; i < variables.size(); i++) {
      Tensor gradient = gradients.get(i);
      result.add(gradient != null ? gradient : Node.of(new Constant(0, variables.get(i).shape())));
    }
    return result;
  }

  public static Tensor of(Tensor loss, Tensor variable) {
    return of(loss, List.of(variable)).getFirst();
  }

  /**
   * The gradients that a composite's expansion passes to its inputs.
   *
   * <p>The expansion is differentiated on parameters and then given the real inputs, so that an
   * input given twice gets its two shares apart.
   */
  static List<@Nullable Tensor> through(
      Composite op, List<Tensor> inputs, List<@Nullable Tensor> outputGradients) {
    List<Tensor> parameters = Parameter.list(inputs.stream().map(Tensor::shape).toList());
    List<Tensor> outputs = op.expand(parameters);
    var given = new HashMap<Tensor, Tensor>();
    for (int i = 0; i < inputs.size(); i++) {
      given.put(parameters.get(i), inputs.get(i));
    }
    var rewrite = new Rewrite(given);
    var result = new ArrayList<@Nullable Tensor>();
    for (Tensor gradient : backward(outputs, outputGradients, parameters)) {
      result.add(gradient == null ? null : rewrite.copy(gradient));
    }
    return result;
  }

  private static List<@Nullable Tensor> backward(
      List<Tensor> outputs, List<? extends @Nullable Tensor> seeds, List<Tensor> variables) {
    List<Node> nodes = Rewrite.nodes(outputs);
    Set<Tensor> dependent = dependentOn(Set.copyOf(variables), nodes);
    var gradients = new HashMap<Tensor, Tensor>();
    for (int i = 0; i < outputs.size(); i++) {
      accumulate(gradients, outputs.get(i), seeds.get(i), dependent);
    }
    for (Node node : nodes.reversed()) {
      var ofOutputs = new ArrayList<@Nullable Tensor>();
      for (int i = 0; i < node.outputs(); i++) {
        ofOutputs.add(gradients.get(node.output(i)));
      }
      if (ofOutputs.stream().allMatch(g -> g == null)
          || node.inputs().stream().noneMatch(dependent::contains)) {
        continue;
      }
      List<@Nullable Tensor> ofInputs = node.op().gradient(node, ofOutputs);
      for (int i = 0; i < node.inputs().size(); i++) {
        accumulate(gradients, node.input(i), ofInputs.get(i), dependent);
      }
    }
    var result = new ArrayList<@Nullable Tensor>();
    for (Tensor variable : variables) {
      result.add(gradients.get(variable));
    }
    return result;
  }

  private static void accumulate(
      Map<Tensor, Tensor> gradients,
      Tensor tensor,
      @Nullable Tensor gradient,
      Set<Tensor> dependent) {
    if (gradient != null && dependent.contains(tensor)) {
      gradients.merge(tensor, gradient, Ops::add);
    }
  }

  private static Set<Tensor> dependentOn(Set<Tensor> variables, List<Node> nodes) {
    var dependent = new HashSet<>(variables);
    for (Node node : nodes) {
      if (node.inputs().stream().anyMatch(dependent::contains)
          && !(node.op() instanceof StopGradient)) {
        for (int i = 0; i < node.outputs(); i++) {
          dependent.add(node.output(i));
        }
      }
    }
    return dependent;
  }
}
