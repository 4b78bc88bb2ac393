// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A convolution whose kernel also makes the statistics of its result over all axes but the last, so
 * that the batch norm behind it need not read the result for them. Made by the compiler.
 *
 * <p>Inputs: those of the convolution. Outputs: its result {@code [..., C]}, and of that the mean
 * {@code [C]} and the biased variance {@code [C]}, as {@link BatchNormStatistics} gives them.
 *
 * @param convolution {@link Conv2d} or {@link Conv2dInput}: what makes an image
 */
public record ConvolutionStatistics(Convolution convolution) implements Composite {
  @Override
  public String name() {
    return convolution.name() + "_statistics";
  }

  @Override
  public String describe() {
    return (name() + " " + convolution.window()).strip();
  }

  @Override
  public List<Tensor> expand(List<Tensor> inputs) {
    Tensor result = Node.of(convolution, inputs.get(0), inputs.get(1));
    var outputs = new ArrayList<Tensor>();
    outputs.add(result);
    outputs.addAll(new Node(new BatchNormStatistics(), List.of(result)).allOutputs());
    return outputs;
  }

  @Override
  public Contract contract(List<Shape> inputs, List<Shape> outputs) {
    Contract plain = Objects.requireNonNull(convolution.contract(inputs, outputs.subList(0, 1)));
    var named = new ArrayList<>(plain.outputs());
    named.add(new Contract.Operand("mean", outputs.get(1), Contract.Role.PLAIN, false));
    named.add(new Contract.Operand("var", outputs.get(2), Contract.Role.PLAIN, false));
    return new Contract(
        name(), plain.dims(), plain.constants(), plain.inputs(), named, plain.words());
  }
}
