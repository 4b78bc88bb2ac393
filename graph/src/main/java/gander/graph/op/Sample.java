// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * An op with inputs to try it on: one entry of the op's problem list. Kernels are checked on all of
 * them, gradients on the small ones.
 */
public record Sample(Op op, List<Given> inputs) {
  /** Gradients are checked by differences on samples of at most this many input elements. */
  private static final int SMALL = 400;

  private static final float[] EDGES = {
    Float.MIN_NORMAL,
    Math.nextUp(Float.MIN_NORMAL),
    Math.nextDown(1f),
    1f,
    Math.nextUp(1f),
    Float.MAX_VALUE
  };

  /** What an input is filled with. */
  public enum Content {
    /** Standard normals. */
    NORMAL,
    /** Normals, one in eight replaced by a magnitude of up to 1e4. */
    OUTLIERS,
    /** Between 0.2 and 3. */
    POSITIVE,
    /**
     * Positive, of any exponent; one in four the least or the largest normal number, or one about
     * 1.
     */
    ANY_EXPONENT,
    /** Between 0 and 1. */
    UNIT,
    /** Whole numbers from -2 to 2, so that equal values and zeros abound. */
    TIES,
    /** Nothing but zeros. */
    ZEROS,
    /** Whole numbers from 0 to 7, for a table of at least 8 rows. */
    INDEX,
    /** Rows that are positive and sum to 1. */
    PROBABILITIES,
    /** The number 3. */
    THREE
  }

  /** One input. */
  public record Given(Shape shape, Content content) {}

  public Sample {
    inputs = List.copyOf(inputs);
  }

  static Sample of(Op op, Given... inputs) {
    return new Sample(op, List.of(inputs));
  }

  static Given given(Content content, int... shape) {
    return new Given(Shape.of(shape), content);
  }

  static Given normal(int... shape) {
    return given(Content.NORMAL, shape);
  }

  /** Whether it is small enough for differentiation by differences. */
  public boolean isSmall() {
    return inputs.stream().mapToInt(given -> given.shape.size()).sum() <= SMALL;
  }

  public List<Shape> shapes() {
    return inputs.stream().map(Given::shape).toList();
  }

  /** The inputs, the same for the same seed; every number is exact in single precision. */
  public List<Values> values(long seed) {
    var random = new SplittableRandom(seed);
    var values = new ArrayList<Values>();
    for (Given given : inputs) {
      var data = new double[given.shape.size()];
      for (int i = 0; i < data.length; i++) {
        data[i] = (float) draw(given.content, random);
      }
      if (given.content == Content.PROBABILITIES) {
        normalise(data, given.shape.dim(-1));
      }
      values.add(new Values(given.shape, data));
    }
    return values;
  }

  private static double draw(Content content, SplittableRandom random) {
    return switch (content) {
      case NORMAL -> random.nextGaussian();
      case OUTLIERS ->
          random.nextInt(8) == 0 ? random.nextDouble(-1e4, 1e4) : random.nextGaussian();
      case POSITIVE -> random.nextDouble(0.2, 3);
      case ANY_EXPONENT ->
          random.nextInt(4) == 0
              ? EDGES[random.nextInt(EDGES.length)]
              : Math.scalb(random.nextDouble(1, 2), random.nextInt(-126, 128));
      case UNIT, PROBABILITIES -> random.nextDouble(0.01, 1);
      case TIES -> random.nextInt(-2, 3);
      case ZEROS -> 0;
      case INDEX -> random.nextInt(8);
      case THREE -> 3;
    };
  }

  private static void normalise(double[] data, int row) {
    for (int begin = 0; begin < data.length; begin += row) {
      double sum = Arrays.stream(data, begin, begin + row).sum();
      for (int i = begin; i < begin + row; i++) {
        data[i] = (float) (data[i] / sum);
      }
    }
  }

  @Override
  public String toString() {
    return op.describe() + " of " + shapes();
  }
}
