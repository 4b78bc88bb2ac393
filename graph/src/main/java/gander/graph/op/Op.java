// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A mathematical operation. Ops are a closed set of records; two nodes compute the same if their
 * ops are equal and their inputs are the same, and that is all the compiler needs to know to share
 * them.
 *
 * <p>Primitives are few and closed under differentiation: every gradient is made of graph nodes, so
 * gradients of gradients need nothing more. A {@link Composite} is written in primitives.
 */
public sealed interface Op
    permits Input,
        Read,
        Parameter,
        Constant,
        Iota,
        Pointwise,
        Broadcast,
        Reduce,
        Reshape,
        Transpose,
        Slice,
        Pad,
        Concat,
        MatMul,
        Convolution,
        Gather,
        Random,
        StopGradient,
        Composite {

  /** The op's word, which is also its folder of kernels. */
  String name();

  /** How messages and {@code --explain} show it. */
  default String describe() {
    return name();
  }

  /**
   * The shape rule.
   *
   * @return one shape an output
   * @throws ShapeException with the reason, if the op cannot take these
   */
  List<Shape> shapes(List<Shape> inputs);

  /**
   * The gradient of a scalar with respect to each input, as graph nodes, given its gradient with
   * respect to each output.
   *
   * @param gradients one an output; null where the scalar does not depend on it
   * @return one an input; null where the scalar does not depend on it
   */
  List<@Nullable Tensor> gradient(Node node, List<@Nullable Tensor> gradients);

  /** Why this op passes no gradient on; null for an op that does. */
  default @Nullable String nonDifferentiable() {
    return null;
  }

  /** The outputs in double precision, obviously right rather than fast. */
  List<Values> reference(List<Values> inputs);

  /** The necessary work of a node with these shapes. */
  Cost cost(List<Shape> inputs, List<Shape> outputs);

  /** How kernels see a node with these shapes; null for ops that no kernel folder serves. */
  default @Nullable Contract contract(List<Shape> inputs, List<Shape> outputs) {
    return null;
  }
}
