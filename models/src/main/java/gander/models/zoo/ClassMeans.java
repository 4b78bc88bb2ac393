// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.div;
import static gander.graph.op.Ops.matmul;
import static gander.graph.op.Ops.max;
import static gander.graph.op.Ops.min;
import static gander.graph.op.Ops.mul;
import static gander.graph.op.Ops.oneHot;
import static gander.graph.op.Ops.reshape;
import static gander.graph.op.Ops.scalar;
import static gander.graph.op.Ops.square;
import static gander.graph.op.Ops.sub;
import static gander.graph.op.Ops.sum;
import static gander.graph.op.Ops.total;

import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.models.net.StepBuilder;
import java.util.List;

/**
 * Means of features, a class, of data and of generated images, and how far they are apart. With a
 * decay they move, {@code m <- decay m + (1 - decay) batch mean}, where the batch has the class;
 * gradients flow through the batch's share alone.
 */
final class ClassMeans {
  private final int classes;
  private final double decay;
  private final List<Variable> kept;

  /**
   * @param features numbers in a sample's features
   * @param decay 0 for the means of a batch alone, which need no variables
   */
  ClassMeans(int classes, int features, double decay) {
    this.classes = classes;
    this.decay = decay;
    Shape shape = Shape.of(classes, features);
    this.kept =
        decay == 0
            ? List.of()
            : List.of(new Variable("means/data", shape), new Variable("means/made", shape));
  }

  /** The moving means, which begin at 0. */
  List<Variable> variables() {
    return kept;
  }

  /**
   * {@code 1/2 sum |m_c(data) - m_c(made)|^2} over the classes c that both have in the batch: of a
   * class that only one of them has there is no pair of means.
   *
   * @param y classes of data {@code [N]}
   * @param data features {@code [N,F]}
   * @param drawn classes of what was made {@code [N]}
   * @param made features {@code [N,F]}
   */
  Tensor distance(StepBuilder step, Tensor y, Tensor data, Tensor drawn, Tensor made) {
    Tensor both = scalar(1);
    Tensor[] means = new Tensor[2];
    for (int i = 0; i < 2; i++) {
      Tensor members = oneHot(i == 0 ? y : drawn, classes);
      Tensor counts = reshape(sum(members, 0), Shape.of(classes, 1));
      Tensor present = min(counts, 1);
      Tensor sums = matmul(members, true, i == 0 ? data : made, false);
      means[i] = div(sums, max(counts, 1));
      if (decay > 0) {
        Tensor before = step.value(kept.get(i));
        means[i] = add(before, mul(mul(present, 1 - decay), sub(means[i], before)));
        step.assign(kept.get(i), means[i]);
      }
      both = mul(both, present);
    }
    return mul(total(mul(square(sub(means[0], means[1])), both)), 0.5);
  }
}
