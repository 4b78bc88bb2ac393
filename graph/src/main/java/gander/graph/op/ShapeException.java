// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import gander.runtime.GanderException;
import java.util.List;
import java.util.stream.Collectors;

/** An op that was given tensors it cannot take; names the op, the producers and the shapes. */
public final class ShapeException extends GanderException {
  private final String reason;

  public ShapeException(String reason) {
    super(reason);
    this.reason = reason;
  }

  private ShapeException(String message, String reason) {
    super(message);
    this.reason = reason;
  }

  /** The same with the op and its inputs named. */
  ShapeException between(Op op, List<Tensor> inputs) {
    String given = inputs.stream().map(Tensor::describe).collect(Collectors.joining(" and "));
    return new ShapeException("%s cannot take %s: %s".formatted(op.name(), given, reason), reason);
  }

  static void check(boolean holds, String reason, Object... arguments) {
    if (!holds) {
      throw new ShapeException(reason.formatted(arguments));
    }
  }
}
