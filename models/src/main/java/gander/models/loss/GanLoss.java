// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import gander.graph.op.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A formulation of the game between generator and discriminator: two formulas over the
 * discriminator's raw outputs (logits or scores), both minimised. Gradients, and gradients of
 * gradients, come from the graph.
 *
 * <p>To add one, write a class with these methods and a public constructor without parameters; name
 * it on the command line by its class, {@code --loss my.package.MyLoss}, or declare it as a service
 * of this interface: then it goes by its own name and {@code gander losses} lists it. A loss that
 * is a {@link Regularizer} too brings its own penalty.
 */
public interface GanLoss extends Described {
  /**
   * What the discriminator minimises, one number.
   *
   * @param real the outputs {@code [N,1]} for a batch of data
   * @param fake the outputs {@code [N,1]} for generated samples, which are constants here
   */
  Tensor discriminator(Tensor real, Tensor fake);

  /**
   * What the generator minimises, one number.
   *
   * @param real the outputs {@code [N,1]} for the current batch of data; only relativistic losses
   *     use them
   * @param fake the outputs {@code [N,1]} for newly generated samples
   */
  Tensor generator(Tensor real, Tensor fake);

  /**
   * The loss with another target than 1 for the discriminator's outputs for data, and all else as
   * it is: one-sided label smoothing (Salimans et al. 2016, section 3.4). Null for a loss that has
   * no such target.
   *
   * @param target above 0 and at most 1
   */
  default @Nullable GanLoss withRealTarget(double target) {
    return null;
  }

  /** Both formulas, for {@code gander losses}. */
  default String formulas() {
    return getClass().getName();
  }

  /**
   * Whether the gradients that data and generated samples send to a bias of the discriminator can
   * be equal and opposite. Each then has a pass of its own, so that equal sums are rounded alike
   * and cancel to exactly 0: what rounding leaves of them in a joint pass is noise, which Adam
   * would scale up to whole steps.
   */
  default boolean cancels() {
    return false;
  }
}
