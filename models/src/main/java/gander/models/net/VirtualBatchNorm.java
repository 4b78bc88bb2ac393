// SPDX-License-Identifier: Apache-2.0
package gander.models.net;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.mean;
import static gander.graph.op.Ops.mul;
import static gander.graph.op.Ops.rsqrt;
import static gander.graph.op.Ops.square;
import static gander.graph.op.Ops.sub;

import gander.graph.op.Tensor;
import java.util.stream.IntStream;

/**
 * Virtual batch norm (Salimans et al. 2016, section 3.5): a sample is normalised by the mean and
 * the biased variance, a channel, of a fixed batch of n samples, the reference, and the sample
 * itself, which so has the weight {@code c = 1 / (n + 1)}. With mean m and variance v of the
 * reference, and m_x and v_x of the sample over its pixels:
 *
 * <pre>
 * mean = (1 - c) m + c m_x
 * var = (1 - c) v + c v_x + c (1 - c) (m - m_x)^2
 * </pre>
 *
 * <p>The reference batch is normalised by its own statistics. Samples do not depend on each other.
 */
final class VirtualBatchNorm {
  private VirtualBatchNorm() {}

  /**
   * Statistics of the reference batch in front of a layer.
   *
   * @param mean {@code [C]}
   * @param variance {@code [C]}
   * @param count samples in it
   */
  record Moments(Tensor mean, Tensor variance, int count) {}

  /**
   * Samples, each normalised on its own.
   *
   * @param x {@code [N,...,C]}
   * @param gamma {@code [C]}
   * @param beta {@code [C]}
   */
  static Tensor of(Tensor x, Moments reference, Tensor gamma, Tensor beta, double epsilon) {
    double share = 1.0 / (reference.count() + 1);
    int[] pixels = IntStream.range(1, x.shape().rank() - 1).toArray(); // none of a vector
    Tensor ownMean = mean(x, pixels);
    Tensor between = mul(square(sub(reference.mean(), ownMean)), share * (1 - share));
    Tensor variance = add(mul(reference.variance(), 1 - share), between);
    if (pixels.length > 0) {
      variance = add(variance, mul(mean(square(sub(x, ownMean)), pixels), share));
    }
    Tensor mean = add(mul(reference.mean(), 1 - share), mul(ownMean, share));
    Tensor scale = mul(rsqrt(add(variance, epsilon)), gamma);
    return add(mul(sub(x, mean), scale), beta);
  }
}
