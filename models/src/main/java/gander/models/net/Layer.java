// SPDX-License-Identifier: Apache-2.0
package gander.models.net;

import gander.graph.op.Shape;

/** One layer of a network, without its variables. Shapes are those of one sample. */
public sealed interface Layer {
  /** {@code y = x W (+ b)} on samples that are vectors. */
  record Dense(int units, boolean bias) implements Layer {
    public Dense(int units) {
      this(units, true);
    }
  }

  /** A function of every element. */
  record Activate(Activation function) implements Layer {}

  /**
   * Batch norm over the last axis, epsilon 1e-5: the batch's own statistics in training, running
   * ones in inference.
   *
   * @param momentum share of a batch in the running statistics, {@code r = (1 - momentum) r +
   *     momentum batch}; the variance is the biased one that training uses
   */
  record Normalize(double momentum) implements Layer {}

  /** The same elements under another shape. */
  record Reshape(Shape shape) implements Layer {}

  static Layer dense(int units) {
    return new Dense(units);
  }

  static Layer relu() {
    return new Activate(Activation.RELU);
  }

  static Layer lrelu() {
    return new Activate(Activation.LRELU);
  }

  static Layer tanh() {
    return new Activate(Activation.TANH);
  }

  static Layer sigmoid() {
    return new Activate(Activation.SIGMOID);
  }

  static Layer normalize(double momentum) {
    return new Normalize(momentum);
  }
}
