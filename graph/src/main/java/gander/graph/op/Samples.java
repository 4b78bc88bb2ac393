// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The problem lists of all ops. */
public final class Samples {
  private Samples() {}

  /** Every op's problem list; leaves of the graph, which compute nothing, have none. */
  public static List<Sample> all() {
    var all = new ArrayList<Sample>();
    Stream.of(
            Pointwise.samples(),
            Broadcast.samples(),
            Reduce.samples(),
            Reshape.samples(),
            Transpose.samples(),
            Slice.samples(),
            Pad.samples(),
            Concat.samples(),
            MatMul.samples(),
            ConvSamples.samples(),
            ConvSamples.statistics(),
            Gather.samples(),
            Random.samples(),
            StopGradient.samples(),
            BatchNorm.samples(),
            BatchNormGradient.samples(),
            BatchNormStatistics.samples(),
            LayerNorm.samples(),
            GroupNorm.samples(),
            SoftmaxCrossEntropy.samples(),
            Adam.samples(),
            Momentum.samples(),
            RmsProp.samples())
        .forEach(all::addAll);
    return all;
  }

  /**
   * Problems that are tuned and timed beside those of an op's list: what everyone measures, and too
   * large to check under every setting of every kernel.
   */
  public static List<Sample> large(String op) {
    return Stream.of(
            MatMul.largeSamples(),
            ConvSamples.largeSamples(),
            ConvSamples.largeStatistics(),
            BatchNorm.largeSamples(),
            BatchNormGradient.largeSamples(),
            BatchNormStatistics.largeSamples())
        .flatMap(List::stream)
        .filter(sample -> sample.op().name().equals(op))
        .toList();
  }

  /** The problem list of one op. */
  public static List<Sample> of(String op) {
    return all().stream().filter(sample -> sample.op().name().equals(op)).toList();
  }
}
