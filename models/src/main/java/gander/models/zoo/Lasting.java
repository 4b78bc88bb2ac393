// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import gander.graph.Graph;
import gander.graph.op.Variable;
import java.util.HashSet;
import java.util.Set;

/**
 * The memory of a step that no plan places, in bytes: what variables hold from step to step, and
 * what is given before each.
 *
 * @param parameters of the networks: what is trained
 * @param optimizerState moments, rates and counts of updates
 * @param otherState all other variables: running statistics, moving averages, references, the
 *     step's number
 * @param inputs the batches
 */
public record Lasting(long parameters, long optimizerState, long otherState, long inputs) {
  /** Of what a model's graph reads and assigns. */
  public static Lasting of(Model model, Graph graph) {
    Set<Variable> trained = new HashSet<>();
    model.networks().forEach(network -> trained.addAll(network.parameters()));
    Set<Variable> moments = new HashSet<>();
    model.optimizers().forEach(optimizer -> moments.addAll(optimizer.state()));
    long parameters = 0;
    long optimizerState = 0;
    long otherState = 0;
    for (Variable variable : graph.variables()) {
      long bytes = variable.shape().bytes();
      if (trained.contains(variable)) {
        parameters += bytes;
      } else if (moments.contains(variable)) {
        optimizerState += bytes;
      } else {
        otherState += bytes;
      }
    }
    long inputs = graph.inputs().values().stream().mapToLong(t -> t.shape().bytes()).sum();
    return new Lasting(parameters, optimizerState, otherState, inputs);
  }

  /** All of it. */
  public long bytes() {
    return parameters + optimizerState + otherState + inputs;
  }
}
