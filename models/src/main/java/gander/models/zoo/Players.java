// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import gander.graph.Backend;
import gander.graph.op.Gradients;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import gander.models.optim.Optimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Networks with an optimizer each, all of which are updated at the point where a step begins. */
final class Players {
  private final List<Network> networks;
  private final List<Optimizer> optimizers;

  /**
   * @param method of all optimizers but that of the network {@code d}
   * @param discriminatorMethod of that
   */
  Players(List<Network> networks, Optimizer.Method method, Optimizer.Method discriminatorMethod) {
    this.networks = List.copyOf(networks);
    this.optimizers =
        networks.stream()
            .map(network ->
                new Optimizer(
                    network.name() + "/optimizer",
                    network.name().equals("d") ? discriminatorMethod : method,
                    network.parameters()))
            .toList();
  }

  List<Network> networks() {
    return networks;
  }

  List<Optimizer> optimizers() {
    return optimizers;
  }

  /** Networks, then optimizers: what a checkpoint holds of them. */
  List<Variable> variables() {
    var all = new ArrayList<Variable>();
    for (Network network : networks) {
      all.addAll(network.parameters());
      all.addAll(network.statistics());
    }
    optimizers.forEach(optimizer -> all.addAll(optimizer.state()));
    return all;
  }

  void initialize(Backend backend, long seed) {
    Start.write(backend, seed, networks.toArray(Network[]::new));
    Start.write(backend, optimizers.toArray(Optimizer[]::new));
  }

  /**
   * Updates each network once.
   *
   * @param losses what each descends, in the networks' order
   */
  void descend(StepBuilder step, List<Tensor> losses) {
    var gradients = new ArrayList<List<Tensor>>();
    for (int i = 0; i < networks.size(); i++) {
      gradients.add(Gradients.of(losses.get(i), step.values(networks.get(i).parameters())));
    }
    for (int i = 0; i < networks.size(); i++) {
      optimizers.get(i).update(step, gradients.get(i), UnaryOperator.identity());
    }
  }
}
