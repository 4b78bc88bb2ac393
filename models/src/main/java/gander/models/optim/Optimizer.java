// SPDX-License-Identifier: Apache-2.0
package gander.models.optim;

import gander.graph.op.Adam;
import gander.graph.op.Momentum;
import gander.graph.op.Node;
import gander.graph.op.Op;
import gander.graph.op.Ops;
import gander.graph.op.RmsProp;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.models.net.StepBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The update of some variables from their gradients, on the device, with state of its own: moments
 * beside each variable, the learning rate (a variable, so that it can be changed without compiling
 * again) and, for Adam, the number of updates.
 */
public final class Optimizer {
  private final Method method;
  private final Variable rate;
  private final Variable updates;
  private final Map<Variable, List<Variable>> moments = new LinkedHashMap<>();

  /**
   * @param name in front of the names of its own variables
   */
  public Optimizer(String name, Method method, List<Variable> variables) {
    this.method = method;
    this.rate = new Variable(name + "/rate", Shape.SCALAR);
    this.updates = new Variable(name + "/updates", Shape.SCALAR);
    for (Variable variable : variables) {
      var own = new ArrayList<Variable>();
      for (String moment : method.moments()) {
        own.add(new Variable(variable.name() + "/" + moment, variable.shape()));
      }
      moments.put(variable, own);
    }
  }

  /** How an update is computed. */
  public sealed interface Method {
    double rate();

    /** The words for the state beside each variable. */
    List<String> moments();

    /** The op that computes the update. */
    Op op();

    /** Kingma and Ba's Adam, epsilon 1e-8. */
    record AdamMethod(double rate, double beta1, double beta2) implements Method {
      @Override
      public List<String> moments() {
        return List.of("m", "v");
      }

      @Override
      public Op op() {
        return new Adam(beta1, beta2, 1e-8);
      }
    }

    /** Stochastic gradient descent, with momentum where it is above 0. */
    record Sgd(double rate, double momentum) implements Method {
      @Override
      public List<String> moments() {
        return List.of("momentum");
      }

      @Override
      public Op op() {
        return new Momentum(momentum);
      }
    }

    /** RMSProp, decay 0.99, epsilon 1e-8. */
    record RmsPropMethod(double rate) implements Method {
      @Override
      public List<String> moments() {
        return List.of("square");
      }

      @Override
      public Op op() {
        return new RmsProp(0.99, 1e-8);
      }
    }
  }

  /** Its state: what a checkpoint holds beside the variables it trains. */
  public List<Variable> state() {
    var state = new ArrayList<>(List.of(rate, updates));
    moments.values().forEach(state::addAll);
    return state;
  }

  /** The learning rate's variable and its first value. */
  public Variable rate() {
    return rate;
  }

  /** The learning rate before the first step. */
  public double initialRate() {
    return method.rate();
  }

  /**
   * Adds one update of all variables to a step.
   *
   * @param gradients one a variable, in the order given at construction
   * @param project what every updated variable is passed through
   */
  public void update(StepBuilder step, List<Tensor> gradients, UnaryOperator<Tensor> project) {
    Tensor count = Ops.add(step.value(updates), 1);
    step.assign(updates, count);
    int at = 0;
    for (Map.Entry<Variable, List<Variable>> entry : moments.entrySet()) {
      Variable variable = entry.getKey();
      var inputs = new ArrayList<>(List.of(step.value(variable), gradients.get(at++)));
      inputs.addAll(step.values(entry.getValue()));
      if (method instanceof Method.AdamMethod) {
        inputs.add(count);
      }
      inputs.add(step.value(rate));
      var node = new Node(method.op(), inputs);
      step.assign(variable, project.apply(node.output(0)));
      for (int k = 0; k < entry.getValue().size(); k++) {
        step.assign(entry.getValue().get(k), node.output(1 + k));
      }
    }
  }
}
