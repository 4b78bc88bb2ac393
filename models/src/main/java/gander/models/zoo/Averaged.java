// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import gander.graph.Assignment;
import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.models.data.Range;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import gander.models.optim.Optimizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model with an exponential moving average of the weights that make its images, {@code ema =
 * decay ema + (1 - decay) w} after every step, from the initial weights on: the variables {@code
 * ema/WEIGHT}. Training is not changed by it; images are made with the average. Running statistics
 * of batch norms are averages already and taken as they are.
 */
final class Averaged implements Model {
  private final Model inner;
  private final double decay;
  private final Map<Variable, Variable> averages = new LinkedHashMap<>();

  Averaged(Model inner, double decay) {
    this.inner = inner;
    this.decay = decay;
    for (Variable weight : inner.generative()) {
      averages.put(weight, new Variable("ema/" + weight.name(), weight.shape()));
    }
  }

  @Override
  public int classes() {
    return inner.classes();
  }

  @Override
  public Shape image() {
    return inner.image();
  }

  @Override
  public Range range() {
    return inner.range();
  }

  @Override
  public int batchesPerStep() {
    return inner.batchesPerStep();
  }

  @Override
  public int batch() {
    return inner.batch();
  }

  @Override
  public List<String> losses() {
    return inner.losses();
  }

  @Override
  public List<Variable> variables() {
    var all = new ArrayList<>(inner.variables());
    all.addAll(averages.values());
    return all;
  }

  @Override
  public List<Network> networks() {
    return inner.networks();
  }

  @Override
  public List<Optimizer> optimizers() {
    return inner.optimizers();
  }

  @Override
  public Variable shown(Variable weight) {
    return averages.getOrDefault(weight, weight);
  }

  @Override
  public List<Variable> generative() {
    return List.copyOf(averages.values());
  }

  @Override
  public void initialize(Backend backend, long seed) {
    inner.initialize(backend, seed);
    averages.forEach((weight, average) -> backend.write(average, backend.read(weight)));
  }

  @Override
  public Graph step(StepBuilder step, List<Batch> batches) {
    Graph graph = inner.step(step, batches);
    var assignments = new ArrayList<>(graph.assignments());
    for (Assignment assignment : graph.assignments()) {
      Variable average = averages.get(assignment.variable());
      if (average != null) {
        Tensor kept = Ops.mul(average.read(), decay);
        Tensor added = Ops.mul(assignment.value(), 1 - decay);
        assignments.add(new Assignment(average, Ops.add(kept, added)));
      }
    }
    return new Graph(graph.outputs(), assignments);
  }

  @Override
  public int zdim() {
    return inner.zdim();
  }

  @Override
  public Tensor generate(StepBuilder step, Tensor z, @Nullable Tensor y) {
    substitute(step);
    return inner.generate(step, z, y);
  }

  @Override
  public boolean encodes() {
    return inner.encodes();
  }

  @Override
  public Tensor encode(StepBuilder step, Batch given) {
    return inner.encode(step, given);
  }

  private void substitute(StepBuilder step) {
    averages.forEach((weight, average) -> step.substitute(weight, average.read()));
  }

  @Override
  public Graph sampler(StepBuilder step, int count, Batch data) {
    substitute(step);
    return inner.sampler(step, count, data);
  }
}
