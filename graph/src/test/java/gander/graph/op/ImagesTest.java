// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Their values are compared with ONNX Runtime's in {@link OnnxTest}. */
class ImagesTest {
  /** Images [N,H,W,C] that operations are tried on. */
  private static final int[][] SIZES = {
    {1, 1, 1, 1},
    {2, 1, 1, 3},
    {1, 4, 3, 1},
    {1, 2, 3, 5},
    {2, 5, 4, 3},
    {1, 1, 1, 50},
    {1, 3, 2, 50}
  };

  /**
   * An operation.
   *
   * @param block what its images' height and width are multiples of
   * @param depth what their channels are multiples of
   */
  private record Operation(String name, int block, int depth, UnaryOperator<Tensor> function) {}

  /** An operation on images of one size. */
  record Trial(String name, UnaryOperator<Tensor> function, Shape shape) {
    @Override
    public String toString() {
      return name + " of " + shape;
    }
  }

  static List<Trial> trials() {
    return Stream.of(
            new Operation("average pool of 1", 1, 1, x -> Images.averagePool(x, 1)),
            new Operation("average pool of 2", 2, 1, x -> Images.averagePool(x, 2)),
            new Operation("average pool of 3, stride 2", 1, 1, x -> Images.averagePool(x, 3, 2, 1)),
            new Operation("average pool of 2, stride 1", 1, 1, x -> Images.averagePool(x, 2, 1, 1)),
            new Operation("max pool of 2", 2, 1, x -> Images.maxPool(x, 2, 2, 0)),
            new Operation("max pool of 3, stride 1", 1, 1, x -> Images.maxPool(x, 3, 1, 1)),
            new Operation("max pool of 3, stride 2", 1, 1, x -> Images.maxPool(x, 3, 2, 1)),
            new Operation("max pool of 2, stride 3", 1, 1, x -> Images.maxPool(x, 2, 3, 1)),
            new Operation("max pool of 5, stride 2", 1, 1, x -> Images.maxPool(x, 5, 2, 4)),
            new Operation("global average pool", 1, 1, Images::globalAveragePool),
            new Operation("nearest by 2", 1, 1, x -> Images.upsampleNearest(x, 2)),
            new Operation("nearest by 3", 1, 1, x -> Images.upsampleNearest(x, 3)),
            new Operation("bilinear by 2", 1, 1, x -> Images.upsampleBilinear(x, 2)),
            new Operation("bilinear by 3", 1, 1, x -> Images.upsampleBilinear(x, 3)),
            new Operation("pixel shuffle by 2", 1, 4, x -> Images.pixelShuffle(x, 2)),
            new Operation("pixel unshuffle by 2", 2, 1, x -> Images.pixelUnshuffle(x, 2)),
            new Operation("instance norm", 1, 1, ImagesTest::instanceNorm),
            new Operation("group norm in 1 group", 1, 1, x -> groupNorm(x, 1)),
            new Operation("group norm in 2 groups", 1, 2, x -> groupNorm(x, 2)))
        .flatMap(operation ->
            Stream.of(SIZES)
                .map(size ->
                    new Trial(
                        operation.name,
                        operation.function,
                        Shape.of(
                            size[0],
                            size[1] * operation.block,
                            size[2] * operation.block,
                            size[3] * operation.depth))))
        .toList();
  }

  /** Something for each channel that no other has. */
  private static Tensor channels(Tensor x) {
    return Ops.add(Ops.mul(Ops.iota(x.shape().dim(3)), 0.1), 0.5);
  }

  private static Tensor instanceNorm(Tensor x) {
    return Images.instanceNorm(x, channels(x), channels(x), 0.1);
  }

  private static Tensor groupNorm(Tensor x, int groups) {
    return Images.groupNorm(x, channels(x), channels(x), groups, 0.1);
  }

  /** The square of each: of what is linear, the gradients themselves have no gradient. */
  @ParameterizedTest
  @MethodSource("trials")
  void gradientsAgreeWithDifferences(Trial trial) {
    List<Tensor> x = GradientTest.inputs(List.of(trial.shape));
    Tensor y = Ops.square(trial.function.apply(x.getFirst()));
    List<Values> at = List.of(new Values(trial.shape, Differences.numbers(trial.shape.size(), 5)));
    var differences =
        new Differences(trial.toString(), x, at, List.of(0), Differences.Excluded.NONE);
    GradientTest.firstAndSecond(differences, List.of(y));
    differences.checkMeaningful();
  }

  // Values

  private static double[] values(UnaryOperator<Tensor> function, Shape shape, double... x) {
    Tensor input = Ops.input("x", shape);
    Map<Tensor, Values> bound = Map.of(input, new Values(shape, x));
    return Evaluation.of(List.of(function.apply(input)), bound).getFirst().data();
  }

  private static double[] numbers(int size) {
    return Differences.numbers(size, 3);
  }

  @Test
  void pixelUnshuffleUndoesPixelShuffle() {
    for (int factor = 1; factor <= 3; factor++) {
      int f = factor;
      Shape shape = Shape.of(2, 2, 3, 5 * f * f);
      double[] x = numbers(shape.size());
      UnaryOperator<Tensor> both = t -> Images.pixelUnshuffle(Images.pixelShuffle(t, f), f);
      assertArrayEquals(x, values(both, shape, x));
    }
  }

  @Test
  void averagePoolUndoesNearest() {
    Shape shape = Shape.of(2, 2, 3, 5);
    double[] x = numbers(shape.size());
    UnaryOperator<Tensor> both = t -> Images.averagePool(Images.upsampleNearest(t, 3), 3);
    assertArrayEquals(x, values(both, shape, x), 1e-15);
  }

  @Test
  void bilinearInterpolatesBetweenCentres() {
    double[] y = values(t -> Images.upsampleBilinear(t, 2), Shape.of(1, 1, 2, 1), 0, 4);
    assertArrayEquals(new double[] {0, 1, 3, 4, 0, 1, 3, 4}, y);
  }

  @Test
  void blocksLeaveRowsThatFillNoneOut() {
    Shape shape = Shape.of(1, 3, 5, 1);
    double[] x = new double[15];
    Arrays.setAll(x, i -> i);
    assertArrayEquals(new double[] {3, 5}, values(t -> Images.averagePool(t, 2), shape, x), 1e-15);
  }

  /** A network's gradient is whole whatever the ties: an image of one colour. */
  @Test
  void gradientOfAMaxPoolIsSharedAmongTies() {
    Tensor x = Ops.input("x", Shape.of(1, 2, 2, 1));
    Tensor y = Images.maxPool(x, 2, 2, 0);
    Tensor gradient = Gradients.of(Ops.total(y), x);
    Values ones = new Values(x.shape(), new double[] {1, 1, 1, 1});
    double[] shares = Evaluation.of(List.of(gradient), Map.of(x, ones)).getFirst().data();
    assertArrayEquals(new double[] {0.25, 0.25, 0.25, 0.25}, shares);

    Tensor padded = Images.maxPool(x, 3, 1, 1);
    Tensor whole = Ops.total(Gradients.of(Ops.total(padded), x));
    assertEquals(4, Evaluation.of(List.of(whole), Map.of(x, ones)).getFirst().value(), 1e-15);
  }

  @Test
  void paddingIsNeverTheLargest() {
    double[] y = values(t -> Images.maxPool(t, 3, 1, 1), Shape.of(1, 1, 3, 1), -3, -1, -2);
    assertArrayEquals(new double[] {-1, -1, -1}, y);
  }

  // Norms by their formulas

  @Test
  void groupNormIsItsFormula() {
    int n = 2;
    int pixels = 6;
    int c = 6;
    for (int groups : new int[] {1, 2, 3, 6}) {
      double[] x = numbers(n * pixels * c);
      double[] y = values(t -> groupNorm(t, groups), Shape.of(n, 2, 3, c), x);
      for (int sample = 0; sample < n; sample++) {
        for (int g = 0; g < groups; g++) {
          int size = c / groups;
          double sum = 0;
          double squares = 0;
          for (int k = 0; k < pixels * size; k++) {
            double v = x[(sample * pixels + k / size) * c + g * size + k % size];
            sum += v;
            squares += v * v;
          }
          double mean = sum / (pixels * size);
          double variance = squares / (pixels * size) - mean * mean;
          for (int k = 0; k < pixels * size; k++) {
            int channel = g * size + k % size;
            int at = (sample * pixels + k / size) * c + channel;
            double weight = 0.1 * channel + 0.5;
            double expected = weight * (x[at] - mean) / Math.sqrt(variance + 0.1) + weight;
            assertEquals(expected, y[at], 1e-13, groups + " groups, element " + at);
          }
        }
      }
      if (groups == c) {
        assertArrayEquals(y, values(ImagesTest::instanceNorm, Shape.of(n, 2, 3, c), x));
      }
    }
  }

  @Test
  void instanceNormOfOnePixelIsBeta() {
    double[] y = values(ImagesTest::instanceNorm, Shape.of(2, 1, 1, 3), numbers(6));
    assertArrayEquals(new double[] {0.5, 0.6, 0.7, 0.5, 0.6, 0.7}, y, 1e-15);
  }

  // What is refused

  private static void assertRefused(String reason, Supplier<Tensor> function) {
    String message = String.valueOf(assertThrows(ShapeException.class, function::get).getMessage());
    assertTrue(message.contains(reason), message);
  }

  @Test
  void refusesWhatDoesNotFit() {
    Tensor x = Ops.input("x", Shape.of(2, 3, 4, 6));
    Tensor matrix = Ops.input("matrix", Shape.of(3, 4));
    assertRefused("takes images [N,H,W,C]", () -> Images.averagePool(matrix, 2));
    assertRefused("takes images [N,H,W,C]", () -> Images.maxPool(matrix, 2, 2, 0));
    assertRefused("takes images [N,H,W,C]", () -> Images.upsampleBilinear(matrix, 2));
    assertRefused("does not fit an image of 3", () -> Images.averagePool(x, 4));
    assertRefused("does not fit an image of 3", () -> Images.maxPool(x, 4, 1, 0));
    assertRefused("would see no pixel", () -> Images.maxPool(x, 2, 1, 2));
    assertRefused("is not at least 1", () -> Images.upsampleNearest(x, 0));
    assertRefused("6 channels do not divide", () -> Images.pixelShuffle(x, 2));
    assertRefused("3x4 pixels do not divide", () -> Images.pixelUnshuffle(x, 2));
    assertRefused(
        "6 channels do not divide into 4 groups",
        () -> Images.groupNorm(x, channels(x), channels(x), 4, 0.1));
    assertRefused(
        "not one number for each of 6 channels",
        () -> Images.instanceNorm(x, Ops.iota(5), Ops.iota(5), 0.1));
  }
}
