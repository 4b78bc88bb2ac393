// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.div;
import static gander.graph.op.Ops.min;
import static gander.graph.op.Ops.mul;
import static gander.graph.op.Ops.scalar;
import static gander.graph.op.Ops.square;
import static gander.graph.op.Ops.sub;
import static gander.graph.op.Ops.total;

import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import gander.models.optim.Optimizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Historical averaging (Salimans et al. 2016, section 3.3) of one network: {@code weight |w - 1/t
 * sum_i w_i|^2} over all its weights, w_i what they were before each of the t updates so far; none
 * before the first. The means are kept in the variables {@code history/WEIGHT}.
 */
final class History {
  private final double weight;
  private final Variable updates;
  private final Map<Variable, Variable> means = new LinkedHashMap<>();

  /**
   * @param optimizer which updates the network
   */
  History(Network network, Optimizer optimizer, double weight) {
    this.weight = weight;
    this.updates = optimizer.updates();
    for (Variable parameter : network.parameters()) {
      means.put(parameter, new Variable("history/" + parameter.name(), parameter.shape()));
    }
  }

  /** The means, which begin at 0. */
  List<Variable> variables() {
    return List.copyOf(means.values());
  }

  /** The term of the loss that the next update descends; takes the weights into their means. */
  Tensor term(StepBuilder step) {
    Tensor before = step.value(updates);
    Tensor now = add(before, 1);
    Tensor squares = scalar(0);
    for (Map.Entry<Variable, Variable> entry : means.entrySet()) {
      Tensor mean = step.value(entry.getValue());
      Tensor apart = sub(step.value(entry.getKey()), mean);
      squares = add(squares, total(square(apart)));
      step.assign(entry.getValue(), add(mean, div(apart, now)));
    }
    return mul(mul(squares, min(before, 1)), weight);
  }
}
