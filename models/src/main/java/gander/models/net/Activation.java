// SPDX-License-Identifier: Apache-2.0
package gander.models.net;

import gander.graph.op.Ops;
import gander.graph.op.Tensor;

/** The functions between layers. */
public enum Activation {
  RELU,
  /** Leaky ReLU of slope 0.2. */
  LRELU,
  TANH,
  SIGMOID;

  Tensor of(Tensor x) {
    return switch (this) {
      case RELU -> Ops.relu(x);
      case LRELU -> Ops.leakyRelu(x, 0.2);
      case TANH -> Ops.tanh(x);
      case SIGMOID -> Ops.sigmoid(x);
    };
  }
}
