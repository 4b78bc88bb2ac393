// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Checks gradients by central differences, in double precision, on the references.
 *
 * <p>What is differentiated is {@code sum_j w_j y_j} over all elements of all outputs with fixed
 * random weights, so that no two elements' errors can cancel. The differences are taken element by
 * element of y before they are weighted and summed: the rounding error of a large sum would
 * otherwise hide what is to be seen.
 */
final class Differences {
  /** How far an element is moved to both sides. */
  static final double STEP = 1e-6;

  private static final double RELATIVE = 1e-6;
  private static final double ABSOLUTE = 1e-6;

  /** Says where differences mean nothing, since a kink or a jump lies within reach. */
  interface Excluded {
    Excluded NONE = (at, input, element) -> false;

    boolean within(List<Values> at, int input, int element);
  }

  private final String what;
  private final List<Tensor> inputs;
  private final List<Values> at;
  private final List<Integer> differentiable;
  private final Excluded kinks;
  private final Map<Tensor, Values> fixed = new HashMap<>();
  private int compared;
  private int excluded;
  private int overflowed;

  /**
   * @param inputs of the graph
   * @param at values for them
   * @param differentiable which of the inputs
   */
  Differences(
      String what,
      List<Tensor> inputs,
      List<Values> at,
      List<Integer> differentiable,
      Excluded kinks) {
    this.what = what;
    this.inputs = inputs;
    this.at = at;
    this.differentiable = differentiable;
    this.kinks = kinks;
  }

  /** How many elements were compared. */
  int compared() {
    return compared;
  }

  /** Fails if nothing could be compared though not every element lies at a kink. */
  void checkMeaningful() {
    assertTrue(compared > 0 || (excluded > 0 && overflowed == 0), what + ": nothing was compared");
  }

  /** The gradients of the weighted sum of some tensors. */
  List<Tensor> gradients(List<Tensor> of, long seed) {
    Tensor sum = Ops.scalar(0);
    for (int j = 0; j < of.size(); j++) {
      sum = Ops.add(sum, Ops.total(Ops.mul(of.get(j), weights(of.get(j).shape(), seed + j))));
    }
    return Gradients.of(sum, differentiable.stream().map(inputs::get).toList());
  }

  /**
   * Fails unless gradients are what differences say, at up to {@code limit} elements of each input.
   */
  void check(List<Tensor> of, List<Tensor> gradients, long seed, int limit) {
    List<Values> analytic = evaluate(gradients, at);
    List<double[]> weights =
        IntStream.range(0, of.size())
            .mapToObj(j -> numbers(of.get(j).shape().size(), seed + j))
            .toList();
    for (int k = 0; k < differentiable.size(); k++) {
      int input = differentiable.get(k);
      int size = inputs.get(input).shape().size();
      int step = Math.max(1, size / limit);
      for (int element = (int) (seed % step); element < size; element += step) {
        if (kinks.within(at, input, element)) {
          excluded++;
          continue;
        }
        compare(of, weights, input, element, analytic.get(k).data()[element]);
      }
    }
  }

  private void compare(
      List<Tensor> of, List<double[]> weights, int input, int element, double analytic) {
    double x = at.get(input).data()[element];
    List<Values> above = evaluate(of, moved(input, element, x + STEP));
    List<Values> below = evaluate(of, moved(input, element, x - STEP));
    double width = (x + STEP) - (x - STEP);
    double numeric = 0;
    double magnitude = 0;
    double noise = 0;
    boolean overflow = false;
    for (int j = 0; j < of.size(); j++) {
      for (int e = 0; e < weights.get(j).length; e++) {
        double up = above.get(j).data()[e];
        double down = below.get(j).data()[e];
        if (up == down || !Double.isFinite(up) || !Double.isFinite(down)) {
          overflow |= !Double.isFinite(up) || !Double.isFinite(down);
          continue;
        }
        double slope = weights.get(j)[e] * (up - down) / width;
        numeric += slope;
        magnitude += Math.abs(slope);
        noise +=
            Math.abs(weights.get(j)[e])
                * 4
                * Math.ulp(Math.max(Math.abs(up), Math.abs(down)))
                / width;
      }
    }
    if (overflow && !Double.isFinite(analytic)) {
      overflowed++;
      return; // neither side has a number to compare
    }
    compared++;
    double tolerance = ABSOLUTE + RELATIVE * magnitude + noise;
    if (Math.abs(numeric - analytic) > tolerance || Double.isNaN(analytic)) {
      fail(
          "%s, input %d, element %d at %s: gradient %s, differences %s, tolerance %s"
              .formatted(what, input, element, x, analytic, numeric, tolerance));
    }
  }

  private List<Values> moved(int input, int element, double x) {
    var moved = new ArrayList<>(at);
    double[] data = at.get(input).data().clone();
    data[element] = x;
    moved.set(input, new Values(at.get(input).shape(), data));
    return moved;
  }

  /** The values of some tensors where the inputs have those. */
  List<Values> evaluate(List<Tensor> tensors, List<Values> given) {
    Map<Tensor, Values> bound = new HashMap<>(fixed);
    assertEquals(inputs.size(), given.size());
    for (int k = 0; k < given.size(); k++) {
      bound.put(inputs.get(k), given.get(k));
    }
    return Evaluation.of(tensors, bound);
  }

  /** Fixed random numbers as a tensor. */
  Tensor weights(Shape shape, long seed) {
    Tensor weights = Node.of(new Input("weights" + fixed.size(), shape));
    fixed.put(weights, new Values(shape, numbers(shape.size(), seed)));
    return weights;
  }

  static double[] numbers(int size, long seed) {
    return new SplittableRandom(seed).doubles(size, -1, 1).toArray();
  }
}
