// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An op written in other ops. Its expansion gives its reference, its shape rule and its gradients
 * of every order for free; where a device has a hand-written kernel for it the compiler keeps it
 * whole, elsewhere it is replaced by its expansion.
 */
public sealed interface Composite extends Op
    permits BatchNorm,
        BatchNormGradient,
        BatchNormStatistics,
        ConvolutionStatistics,
        LayerNorm,
        GroupNorm,
        SoftmaxCrossEntropy,
        Adam,
        Momentum,
        RmsProp,
        Fusion {

  /** The outputs, written in other ops on these inputs. */
  List<Tensor> expand(List<Tensor> inputs);

  @Override
  default List<Shape> shapes(List<Shape> inputs) {
    return expand(Parameter.list(inputs)).stream().map(Tensor::shape).toList();
  }

  @Override
  default List<@Nullable Tensor> gradient(Node node, List<@Nullable Tensor> gradients) {
    return Gradients.through(this, node.inputs(), gradients);
  }

  @Override
  default List<Values> reference(List<Values> inputs) {
    List<Tensor> parameters = Parameter.list(inputs.stream().map(Values::shape).toList());
    return Evaluation.of(expand(parameters), parameters, inputs);
  }

  @Override
  default Cost cost(List<Shape> inputs, List<Shape> outputs) {
    long flops = 0;
    for (Node node : Rewrite.nodes(expand(Parameter.list(inputs)))) {
      flops += node.op().cost(node.inputShapes(), node.shapes()).flops();
    }
    return Cost.streaming(flops, inputs, outputs);
  }
}
