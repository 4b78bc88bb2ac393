// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gander.graph.Assignment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * Tensors that do not fit an op are refused where the graph is written, in one sentence that names
 * the op, the op that made each tensor, every shape, and what does not fit.
 */
class ShapeExceptionTest {
  private static final Tensor A = Ops.relu(Ops.input("a", Shape.of(2, 3)));
  private static final Tensor B = Ops.input("b", Shape.of(4, 5));

  private static String refused(Executable writing) {
    String message = String.valueOf(assertThrows(ShapeException.class, writing).getMessage());
    assertFalse(message.contains("\n"), message);
    return message;
  }

  private static void refused(Executable writing, String... parts) {
    String message = refused(writing);
    assertEquals(
        List.of(), List.of(parts).stream().filter(p -> !message.contains(p)).toList(), message);
  }

  @Test
  void theOpBothItsInputsAndTheirShapesAreNamed() {
    refused(() -> Ops.matmul(A, B), "matmul cannot take ", "relu", "[2,3]", "input b", "[4,5]");
    refused(() -> Ops.concat(1, A, B), "concat", "relu", "[2,3]", "input b", "[4,5]", "axis 1");
    refused(() -> Ops.add(A, B), "add cannot take ", "relu", "[2,3]", "input b", "[4,5]");
    Tensor row = Ops.input("row", Shape.of(4));
    refused(() -> Ops.mul(row, B), "mul cannot take ", "input row", "[4]", "input b", "[4,5]");
    refused(() -> Ops.select(B, row, A), "select", "input b", "[4,5]", "row", "[4]", "[2,3]");
  }

  @Test
  void soIsAnOnlyInput() {
    refused(() -> Ops.reshape(B, Shape.of(3, 7)), "reshape", "input b", "[4,5]", "[3,7]");
    refused(() -> Ops.sum(B, 2), "reduce", "input b", "[4,5]", "axis 2");
    refused(() -> Ops.slice(B, 1, 3, 3), "slice", "input b", "[4,5]");
    refused(() -> Ops.broadcast(B, Shape.of(4, 6)), "broadcast", "input b", "[4,5]", "[4,6]");
    refused(() -> Ops.transpose(B, 0, 0), "transpose", "input b", "[4,5]");
    refused(() -> Ops.gather(B, A), "gather", "input b", "[4,5]", "relu", "[2,3]");
  }

  @Test
  void soIsWhatAVariableIsGiven() {
    var weight = new Variable("w", Shape.of(3, 2));
    refused(() -> new Assignment(weight, A), "w", "[3,2]", "relu", "[2,3]");
  }
}
