// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The statistics of {@link BatchNorm}, over all axes but the last. The compiler takes them apart
 * from their application where whatever reads the normalised tensor can make it itself.
 *
 * <p>Input: x {@code [..., C]}. Outputs: mean {@code [C]}, var {@code [C]}, the biased variance.
 */
public record BatchNormStatistics() implements Composite {
  @Override
  public String name() {
    return "batch_norm_statistics";
  }

  @Override
  public List<Tensor> expand(List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    ShapeException.check(x.shape().rank() >= 2, "%s has no batch axis", x.shape());
    int[] batch = BatchNorm.batchAxes(x.shape());
    Shape channels = Shape.of(x.shape().dim(-1));
    Tensor mean = Ops.mean(x, batch);
    Tensor variance = Ops.mean(Ops.square(Ops.sub(x, mean)), batch);
    return List.of(Ops.reshape(mean, channels), Ops.reshape(variance, channels));
  }

  @Override
  public Contract contract(List<Shape> inputs, List<Shape> outputs) {
    int c = inputs.get(0).dim(-1);
    int n = inputs.get(0).size() / c;
    return Contract.of(name())
        .dim("N", n)
        .dim("C", c)
        .hookedInput("x", n, c)
        .output("mean", c)
        .output("var", c)
        .build();
  }

  static List<Sample> largeSamples() {
    return Stream.of(BatchNorm.largeSizes()).map(BatchNormStatistics::normal).toList();
  }

  private static Sample normal(int[] x) {
    return Sample.of(new BatchNormStatistics(), Sample.normal(x));
  }

  static List<Sample> samples() {
    var samples = new ArrayList<Sample>();
    Stream.of(BatchNorm.sizes()).map(BatchNormStatistics::normal).forEach(samples::add);
    samples.add(
        Sample.of(new BatchNormStatistics(), Sample.given(Sample.Content.OUTLIERS, 300, 6)));
    samples.add(Sample.of(new BatchNormStatistics(), Sample.given(Sample.Content.TIES, 80, 3)));
    return samples;
  }
}
