// SPDX-License-Identifier: Apache-2.0
package gander.models.net;

import gander.graph.Assignment;
import gander.graph.Graph;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A step's graph while it is being written: what every variable holds so far, and what the step
 * reports. A network that is applied after an update of its variables sees the updated ones.
 */
public final class StepBuilder {
  /** Counts steps from 0; a random draw of a step is a function of it. */
  public static final Variable STEP = new Variable("step", Shape.SCALAR);

  private final long seed;
  private final Tensor counter;
  private final Map<Variable, Tensor> values = new LinkedHashMap<>();
  private final Map<Variable, Tensor> assigned = new LinkedHashMap<>();
  private final Map<String, Tensor> reports = new LinkedHashMap<>();

  /**
   * @param seed of the random draws
   */
  public StepBuilder(long seed) {
    this(seed, STEP.read());
  }

  /**
   * A graph that draws as a step of another number does.
   *
   * @param counter the number of the step, one number
   */
  public StepBuilder(long seed, Tensor counter) {
    this.seed = seed;
    this.counter = counter;
  }

  /** A variable's value at this point of the step. */
  public Tensor value(Variable variable) {
    return values.computeIfAbsent(variable, Variable::read);
  }

  /** The values of some variables at this point of the step. */
  public List<Tensor> values(List<Variable> variables) {
    return variables.stream().map(this::value).toList();
  }

  /** Gives a variable another value, from here on and after the step. */
  public void assign(Variable variable, Tensor value) {
    values.put(variable, value);
    assigned.put(variable, value);
  }

  /** Reads a variable as another tensor from here on, and leaves what it holds as it is. */
  public void substitute(Variable variable, Tensor value) {
    values.put(variable, value);
  }

  /** The number of the step, from 0. */
  public Tensor counter() {
    return counter;
  }

  /** Names a tensor that can be read after the step. */
  public void report(String name, Tensor tensor) {
    reports.put(name, tensor);
  }

  /** Standard normals, other ones at every step. */
  public Tensor normal(String name, int... shape) {
    return Ops.normal(name, seed, counter, Shape.of(shape));
  }

  /** Uniforms in (0, 1], other ones at every step. */
  public Tensor uniform(String name, int... shape) {
    return Ops.uniform(name, seed, counter, Shape.of(shape));
  }

  /** The step's graph; it counts the step. */
  public Graph build() {
    assign(STEP, Ops.add(STEP.read(), 1));
    return snapshot();
  }

  /** The graph so far, for one that is no training step. */
  public Graph snapshot() {
    var assignments = new ArrayList<Assignment>();
    assigned.forEach((variable, value) -> assignments.add(new Assignment(variable, value)));
    return new Graph(reports, assignments);
  }
}
