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

    /** Whether the op also takes the number of updates. */
    default boolean isCounted() {
      return false;
    }

    /** The learning rate of a step, from the variable that holds it. */
    default Tensor rate(Tensor rate, Tensor step) {
      return rate;
    }

    /** What the op is given for the gradients of all variables. */
    default List<Tensor> gradients(List<Tensor> gradients) {
      return gradients;
    }

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

      @Override
      public boolean isCounted() {
        return true;
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

    /**
     * Another method under a schedule of its rate, and with its gradients cut.
     *
     * @param clipNorm all gradients of an update are scaled by {@code min(1, clipNorm / (n +
     *     1e-6))}, n the root of the sum of all their squares (Pascanu et al. 2013); infinite for
     *     never
     */
    record Tempered(Method inner, Schedule schedule, double clipNorm) implements Method {
      @Override
      public double rate() {
        return inner.rate();
      }

      @Override
      public List<String> moments() {
        return inner.moments();
      }

      @Override
      public Op op() {
        return inner.op();
      }

      @Override
      public boolean isCounted() {
        return inner.isCounted();
      }

      @Override
      public Tensor rate(Tensor rate, Tensor step) {
        return schedule.isConstant() ? rate : Ops.mul(rate, schedule.factor(step));
      }

      @Override
      public List<Tensor> gradients(List<Tensor> gradients) {
        if (Double.isInfinite(clipNorm)) {
          return gradients;
        }
        Tensor squares = Ops.scalar(0);
        for (Tensor gradient : gradients) {
          squares = Ops.add(squares, Ops.total(Ops.square(gradient)));
        }
        Tensor norm = Ops.add(Ops.sqrt(squares), 1e-6);
        Tensor scale = Ops.min(Ops.mul(Ops.recip(norm), clipNorm), 1);
        return gradients.stream().map(gradient -> Ops.mul(gradient, scale)).toList();
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

  /** The variable that counts the updates so far. */
  public Variable updates() {
    return updates;
  }

  /** What the learning rate's variable holds; a schedule multiplies it. */
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
    Tensor now = method.rate(step.value(rate), step.counter());
    List<Tensor> given = method.gradients(gradients);
    int at = 0;
    for (Map.Entry<Variable, List<Variable>> entry : moments.entrySet()) {
      Variable variable = entry.getKey();
      var inputs = new ArrayList<>(List.of(step.value(variable), given.get(at++)));
      inputs.addAll(step.values(entry.getValue()));
      if (method.isCounted()) {
        inputs.add(count);
      }
      inputs.add(now);
      var node = new Node(method.op(), inputs);
      step.assign(variable, project.apply(node.output(0)));
      for (int k = 0; k < entry.getValue().size(); k++) {
        step.assign(entry.getValue().get(k), node.output(1 + k));
      }
    }
  }
}
