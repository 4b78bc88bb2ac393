// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import gander.graph.op.Ops;
import gander.graph.op.Tensor;

/** Weight clipping (Arjovsky et al. 2017, Algorithm 1): after every update, weights in +-bound. */
public record Clipping(double bound) implements Regularizer {
  @Override
  public String name() {
    return "clip";
  }

  @Override
  public String formula() {
    return "every weight of D in +-clip after its update";
  }

  @Override
  public String strengths() {
    return "clip " + bound;
  }

  @Override
  public String source() {
    return "Arjovsky et al. 2017";
  }

  @Override
  public Tensor project(Tensor weight) {
    return Ops.clip(weight, -bound, bound);
  }
}
