// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.models.net.Network;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Images of a batch and, for models with classes, the class of each.
 *
 * @param x {@code [batch, ...image]}
 * @param y {@code [batch]}, from 0 on; null for models without classes
 */
public record Batch(Tensor x, @Nullable Tensor y) {
  /** Inputs of those names, for a model. */
  public static Batch inputs(String x, String y, Model model, int count) {
    Tensor labels = model.classes() == 0 ? null : Ops.input(y, Shape.of(count));
    return new Batch(Ops.input(x, Network.batched(count, model.image())), labels);
  }

  /** The class of each image, of a batch that has them. */
  public Tensor labels() {
    return Objects.requireNonNull(y, "a model with classes is given no labels");
  }
}
