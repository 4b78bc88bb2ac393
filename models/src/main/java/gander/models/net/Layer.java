// SPDX-License-Identifier: Apache-2.0
package gander.models.net;

import gander.graph.op.Shape;
import gander.graph.op.Window;

/** One layer of a network, without its variables. Shapes are those of one sample. */
public sealed interface Layer {
  /** {@code y = x W (+ b)} on samples that are vectors. */
  record Dense(int units, boolean bias) implements Layer {
    public Dense(int units) {
      this(units, true);
    }
  }

  /**
   * A convolution of images {@code [H,W,C]} with {@code filters} filters of {@code rows x columns},
   * {@code [rows,columns,C,filters]}.
   */
  record Conv(int filters, int rows, int columns, int stride, int pad, boolean bias)
      implements Layer {
    public Conv(int filters, int size, int stride, int pad, boolean bias) {
      this(filters, size, size, stride, pad, bias);
    }

    Window window() {
      return Window.of(stride, pad);
    }
  }

  /**
   * A transposed convolution of images {@code [P,Q,K]} to {@code filters} channels. Its filters are
   * those of the convolution that it is the input gradient of, {@code [rows,columns,filters,K]}.
   */
  record ConvTranspose(int filters, int rows, int columns, int stride, int pad, boolean bias)
      implements Layer {
    public ConvTranspose(int filters, int size, int stride, int pad, boolean bias) {
      this(filters, size, size, stride, pad, bias);
    }

    Window window() {
      return Window.of(stride, pad);
    }
  }

  /** Means over squares of {@code size x size} pixels that do not overlap. */
  record AveragePool(int size) implements Layer {}

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

  /**
   * Batch norm over the last axis, epsilon 1e-5, by the statistics of a fixed batch, the reference,
   * and of the sample itself; {@link VirtualBatchNorm} has the formula.
   */
  record VirtualNormalize() implements Layer {}

  /**
   * How close each sample of a batch is to the others, {@code kernels} numbers behind its features;
   * {@link MinibatchDiscrimination} has the formula.
   *
   * @param dims numbers in which samples are compared, for each of the kernels
   */
  record Minibatch(int kernels, int dims) implements Layer {}

  /** The same elements under another shape, row-major. */
  record Reshape(Shape shape) implements Layer {}

  /** Samples of any shape as vectors, row-major: channels innermost. */
  record Flatten() implements Layer {}

  static Layer dense(int units) {
    return new Dense(units);
  }

  static Layer averagePool(int size) {
    return new AveragePool(size);
  }

  static Layer reshape(int... dims) {
    return new Reshape(Shape.of(dims));
  }

  static Layer flatten() {
    return new Flatten();
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
