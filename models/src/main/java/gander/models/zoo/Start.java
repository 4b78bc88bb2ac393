// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import gander.graph.Backend;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import gander.models.optim.Optimizer;

/** Writes the values that variables have before the first step. */
public final class Start {
  private Start() {}

  /** Of networks, and of the step's number. */
  public static void write(Backend backend, long seed, Network... networks) {
    backend.clear(StepBuilder.STEP);
    for (Network network : networks) {
      network
          .initial()
          .forEach((variable, value) -> backend.write(variable, value.values(variable, seed)));
    }
  }

  /** Of optimizers' state. */
  public static void write(Backend backend, Optimizer... optimizers) {
    for (Optimizer optimizer : optimizers) {
      optimizer.state().forEach(backend::clear);
      backend.write(optimizer.rate(), new double[] {optimizer.initialRate()});
    }
  }
}
