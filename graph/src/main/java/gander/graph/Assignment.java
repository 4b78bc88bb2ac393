// SPDX-License-Identifier: Apache-2.0
package gander.graph;

import gander.graph.op.ShapeException;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;

/** A variable's value after a run. */
public record Assignment(Variable variable, Tensor value) {
  public Assignment {
    if (!variable.shape().equals(value.shape())) {
      throw new ShapeException(
          "variable %s cannot be assigned %s".formatted(variable, value.describe()));
    }
  }
}
