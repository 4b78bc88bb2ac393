// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import gander.graph.op.Evaluation;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Values;
import java.util.List;
import java.util.Map;

/** What a discriminator says of two images of each kind, and what a loss makes of it. */
final class Scores {
  static final Tensor REAL = Ops.input("real", Shape.of(2, 1));
  static final Tensor FAKE = Ops.input("fake", Shape.of(2, 1));
  private static final double[] REALS = {0.5, -2};
  private static final double[] FAKES = {1.5, -0.25};

  private Scores() {}

  static double value(Tensor loss) {
    Map<Tensor, Values> bound =
        Map.of(REAL, new Values(REAL.shape(), REALS), FAKE, new Values(FAKE.shape(), FAKES));
    return Evaluation.of(List.of(loss), bound).getFirst().value();
  }
}
