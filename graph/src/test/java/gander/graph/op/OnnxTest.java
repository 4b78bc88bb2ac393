// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Convolutions, pooling, resampling and norms against ONNX Runtime, over random shapes. */
class OnnxTest {
  /** Half an ulp of 1 in single precision: the relative error of one operation. */
  private static final double UNIT = 0x1p-24;

  private static final int CASES = 60;
  private static final int[] CHANNELS = {1, 3, 5, 50};

  private SplittableRandom random = new SplittableRandom();

  @BeforeEach
  void seed() {
    random = new SplittableRandom(7);
  }

  // Numbers and layouts

  private int among(int... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** Normals that single precision has. */
  private Values normal(int... dims) {
    Shape shape = Shape.of(dims);
    return new Values(
        shape, random.doubles(shape.size()).map(x -> (float) random.nextGaussian()).toArray());
  }

  /** Images [N,H,W,C] of up to 9x9 pixels; one in four has a single row or column. */
  private Values images() {
    return normal(random.nextInt(1, 4), extent(), extent(), among(CHANNELS));
  }

  private int extent() {
    return random.nextInt(4) == 0 ? 1 : random.nextInt(1, 10);
  }

  private static Values transposed(Values x, int... order) {
    return new Transpose(order).reference(List.of(x)).getFirst();
  }

  private static Values nchw(Values nhwc) {
    return transposed(nhwc, 0, 3, 1, 2);
  }

  private static Values nhwc(Values nchw) {
    return transposed(nchw, 0, 2, 3, 1);
  }

  private static Values each(Values x, DoubleUnaryOperator function) {
    return new Values(x.shape(), Arrays.stream(x.data()).map(function).toArray());
  }

  private static Values abs(Values x) {
    return each(x, Math::abs);
  }

  private static Values of(UnaryOperator<Tensor> function, Values x) {
    Tensor input = Ops.input("x", x.shape());
    return Evaluation.of(List.of(function.apply(input)), List.of(input), List.of(x)).getFirst();
  }

  private static void assertNear(
      Values expected, Values actual, IntToDoubleFunction tolerance, Object what) {
    assertEquals(expected.shape(), actual.shape(), what::toString);
    for (int i = 0; i < expected.data().length; i++) {
      int at = i;
      double error = Math.abs(expected.data()[i] - actual.data()[i]);
      assertTrue(
          error <= tolerance.applyAsDouble(i),
          () ->
              "%s, element %d: %s in ONNX Runtime, %s here, tolerance %s"
                  .formatted(
                      what,
                      at,
                      expected.data()[at],
                      actual.data()[at],
                      tolerance.applyAsDouble(at)));
    }
  }

  private static void assertSame(Values expected, Values actual, Object what) {
    assertNear(expected, actual, i -> 0, what);
  }

  /**
   * A sum of {@code terms} products in any order is off by at most that many roundings, and one for
   * each product, of the sum of magnitudes.
   */
  private static IntToDoubleFunction roundings(int terms, Values magnitudes) {
    return i -> (terms + 1) * UNIT * magnitudes.data()[i];
  }

  // Convolutions

  private static OnnxNode windowed(String operator, Window window) {
    return new OnnxNode(operator)
        .with("strides", window.strideH(), window.strideW())
        .with("pads", window.padH(), window.padW(), window.padH(), window.padW())
        .with("dilations", window.dilationH(), window.dilationW())
        .with("group", window.groups());
  }

  /** A convolution that is possible, with at most 50 channels on either side. */
  private Convolution.Extents convolution() {
    while (true) {
      int groups = among(1, 1, 2, 5);
      int c = groups * among(groups == 1 ? CHANNELS : new int[] {1, 3, 10});
      int k = groups * among(groups == 1 ? CHANNELS : new int[] {1, 2, 4});
      var window =
          new Window(
              among(1, 2, 3),
              among(1, 2, 3),
              among(0, 1, 2),
              among(0, 1, 2),
              among(1, 1, 2),
              among(1, 1, 3),
              groups);
      int h = extent();
      int w = extent();
      int r = among(1, 2, 3, 5);
      int s = among(1, 2, 3, 4);
      if (h + 2 * window.padH() > window.dilationH() * (r - 1)
          && w + 2 * window.padW() > window.dilationW() * (s - 1)) {
        int p = window.rows(h, r);
        int q = window.columns(w, s);
        return new Convolution.Extents(random.nextInt(1, 4), h, w, c, k, r, s, p, q, window);
      }
    }
  }

  private static Values reference(Convolution op, Values a, Values b) {
    return op.reference(List.of(a, b)).getFirst();
  }

  private static void assertConvolution(Convolution op, Values a, Values b, Values expected) {
    int terms = op.extents(List.of(a.shape(), b.shape())).terms(op);
    Values magnitudes = reference(op, abs(a), abs(b));
    String what = op.describe() + " of " + a.shape() + " and " + b.shape();
    assertNear(expected, reference(op, a, b), roundings(terms, magnitudes), what);
  }

  @Test
  void convolutionIsConv() {
    for (int i = 0; i < CASES; i++) {
      Convolution.Extents e = convolution();
      Values x = normal(e.image().dims());
      Values f = normal(e.filters().dims());
      OnnxNode conv = windowed("Conv", e.window()).input(nchw(x));
      Values y = nhwc(conv.input(transposed(f, 3, 2, 0, 1)).run());
      assertConvolution(new Conv2d(e.window()), x, f, y);
    }
  }

  @Test
  void transposedConvolutionIsConvTranspose() {
    for (int i = 0; i < CASES; i++) {
      Convolution.Extents e = convolution();
      Window window = e.window();
      Values y = normal(e.result().dims());
      Values f = normal(e.filters().dims());
      int padH = e.h() - window.imageRows(e.p(), e.r());
      int padW = e.w() - window.imageColumns(e.q(), e.s());
      OnnxNode node = windowed("ConvTranspose", window).with("output_padding", padH, padW);
      Values x = nhwc(node.input(nchw(y)).input(transposed(f, 3, 2, 0, 1)).run());
      assertConvolution(new Conv2dInput(window, e.h(), e.w()), y, f, x);
    }
  }

  /** As models write it: the smallest image, and what is asked for beyond. */
  @Test
  void convTranspose2dIsConvTransposeWithOutputPadding() {
    for (int stride = 1; stride <= 4; stride++) {
      for (int outputPad = 0; outputPad < stride; outputPad++) {
        Window window = Window.of(stride, 1);
        Values y = normal(2, 3, 4, 5);
        Values f = normal(4, 3, 2, 5);
        OnnxNode node =
            windowed("ConvTranspose", window).with("output_padding", outputPad, outputPad);
        Values expected = nhwc(node.input(nchw(y)).input(transposed(f, 3, 2, 0, 1)).run());
        int pad = outputPad;
        Values actual = convTranspose(y, f, window, pad);
        Values magnitudes = convTranspose(abs(y), abs(f), window, pad);
        assertNear(expected, actual, roundings(4 * 3 * 5, magnitudes), window + " " + pad);
      }
    }
  }

  private static Values convTranspose(Values y, Values f, Window window, int outputPad) {
    Tensor filters = Ops.input("f", f.shape());
    Tensor image = Ops.input("y", y.shape());
    Tensor x = Ops.convTranspose2d(image, filters, window, outputPad);
    return Evaluation.of(List.of(x), List.of(image, filters), List.of(y, f)).getFirst();
  }

  /**
   * The gradient with respect to the filters is a convolution too: images and channels change
   * places, and so do stride and dilation.
   */
  @Test
  void filterGradientIsConv() {
    for (int i = 0; i < CASES; i++) {
      Convolution.Extents e = convolution();
      if (e.window().groups() > 1) {
        continue;
      }
      Window w = e.window();
      Values x = normal(e.image().dims());
      Values y = normal(e.result().dims());
      var swapped =
          new Window(w.dilationH(), w.dilationW(), w.padH(), w.padW(), w.strideH(), w.strideW(), 1);
      OnnxNode conv = windowed("Conv", swapped).input(transposed(x, 3, 0, 1, 2));
      Values all = transposed(conv.input(transposed(y, 3, 0, 1, 2)).run(), 2, 3, 0, 1);
      // Pixels that the stride left over make more of it.
      Values f = of(t -> Ops.slice(Ops.slice(t, 0, 0, e.r()), 1, 0, e.s()), all);
      assertConvolution(new Conv2dFilter(w, e.r(), e.s()), x, y, f);
    }
  }

  // Pooling

  private static OnnxNode pool(String operator, int size, int stride, int pad, Values x) {
    return new OnnxNode(operator)
        .with("kernel_shape", size, size)
        .with("strides", stride, stride)
        .with("pads", pad, pad, pad, pad)
        .input(nchw(x));
  }

  @Test
  void poolsAreThePools() {
    for (int i = 0; i < CASES; i++) {
      Values x = images();
      int size = random.nextInt(1, 5);
      int stride = random.nextInt(1, 4);
      int pad = random.nextInt(size);
      String what = "size %d stride %d pad %d of %s".formatted(size, stride, pad, x.shape());
      if (Math.min(x.shape().dim(1), x.shape().dim(2)) + 2 * pad < size) {
        continue;
      }
      Values most = nhwc(pool("MaxPool", size, stride, pad, x).run());
      assertSame(most, of(t -> Images.maxPool(t, size, stride, pad), x), what);
      OnnxNode average = pool("AveragePool", size, stride, pad, x).with("count_include_pad", 1);
      UnaryOperator<Tensor> mean = t -> Images.averagePool(t, size, stride, pad);
      assertNear(nhwc(average.run()), of(mean, x), roundings(size * size, of(mean, abs(x))), what);
    }
  }

  @Test
  void blocksAreAveragePools() {
    for (int size = 1; size <= 4; size++) {
      for (int c : CHANNELS) {
        int block = size;
        Values x = normal(2, size + random.nextInt(6), size + random.nextInt(6), c);
        UnaryOperator<Tensor> mean = t -> Images.averagePool(t, block);
        assertNear(
            nhwc(pool("AveragePool", size, size, 0, x).run()),
            of(mean, x),
            roundings(size * size, of(mean, abs(x))),
            size + " of " + x.shape());
      }
    }
  }

  @Test
  void globalAveragePoolIsIt() {
    for (int i = 0; i < CASES; i++) {
      Values x = images();
      Values expected = new OnnxNode("GlobalAveragePool").input(nchw(x)).run();
      Values flat = of(t -> Ops.reshape(t, Shape.of(x.shape().dim(0), x.shape().dim(3))), expected);
      Values magnitudes = of(Images::globalAveragePool, abs(x));
      int terms = x.shape().dim(1) * x.shape().dim(2);
      assertNear(flat, of(Images::globalAveragePool, x), roundings(terms, magnitudes), x.shape());
    }
  }

  // Resampling

  private static OnnxNode resize(Values x, int factor) {
    Values scales = new Values(Shape.of(4), new double[] {1, 1, factor, factor});
    return new OnnxNode("Resize").input(nchw(x)).noInput().input(scales);
  }

  @Test
  void upsamplingIsResize() {
    for (int i = 0; i < CASES; i++) {
      Values x = images();
      int factor = random.nextInt(1, 6);
      String what = factor + " of " + x.shape();
      OnnxNode nearest =
          resize(x, factor)
              .with("mode", "nearest")
              .with("coordinate_transformation_mode", "asymmetric")
              .with("nearest_mode", "floor");
      assertSame(nhwc(nearest.run()), of(t -> Images.upsampleNearest(t, factor), x), what);
      OnnxNode linear =
          resize(x, factor)
              .with("mode", "linear")
              .with("coordinate_transformation_mode", "half_pixel");
      // Positions up to 8 are off by a few roundings, and values in proportion to the largest.
      double largest = Arrays.stream(abs(x).data()).max().orElseThrow();
      assertNear(
          nhwc(linear.run()),
          of(t -> Images.upsampleBilinear(t, factor), x),
          k -> 1e-5 * largest,
          what);
    }
  }

  @Test
  void pixelShuffleIsDepthToSpace() {
    for (int factor = 1; factor <= 3; factor++) {
      for (int c : CHANNELS) {
        int f = factor;
        Values x = normal(2, extent(), extent(), c * factor * factor);
        OnnxNode node = new OnnxNode("DepthToSpace").with("blocksize", factor).with("mode", "CRD");
        assertSame(
            nhwc(node.input(nchw(x)).run()), of(t -> Images.pixelShuffle(t, f), x), x.shape());
      }
    }
  }

  // Norms

  @Test
  void normsAreTheNorms() {
    for (int i = 0; i < CASES; i++) {
      Values x = images();
      int n = x.shape().dim(0);
      int c = x.shape().dim(3);
      int pixels = x.shape().dim(1) * x.shape().dim(2);
      int groups = among(1, c, c % 5 == 0 ? 5 : 1);
      float epsilon = random.nextBoolean() ? 1e-5f : 0.1f;
      var given = List.of(x, normal(c), normal(c));

      OnnxNode group = norm("GroupNormalization", epsilon, given).with("num_groups", groups);
      Values spread = variance(x, Shape.of(n, pixels, groups, c / groups), 1, 3);
      assertNorm(nhwc(group.run()), new GroupNorm(groups, epsilon), given, spread);

      OnnxNode instance = norm("InstanceNormalization", epsilon, given);
      spread = variance(x, Shape.of(n, pixels, c), 1);
      assertNorm(nhwc(instance.run()), new GroupNorm(c, epsilon), given, spread);

      OnnxNode layer = new OnnxNode("LayerNormalization").with("axis", -1).with("epsilon", epsilon);
      given.forEach(layer::input);
      spread = variance(x, Shape.of(n, pixels, c), 2);
      assertNorm(layer.run(), new LayerNorm(epsilon), given, spread);

      // A batch is one instance of all its pixels.
      Values joined = reshaped(x, Shape.of(1, n * pixels, 1, c));
      OnnxNode batch =
          norm("InstanceNormalization", epsilon, List.of(joined, given.get(1), given.get(2)));
      spread = variance(x, Shape.of(n, pixels, c), 0, 1);
      Values y = reshaped(nhwc(batch.run()), x.shape());
      assertNorm(y, new BatchNorm(epsilon), given, spread);
    }
  }

  private static Values reshaped(Values x, Shape shape) {
    return new Values(shape, x.data());
  }

  private static OnnxNode norm(String operator, float epsilon, List<Values> given) {
    var node = new OnnxNode(operator).with("epsilon", epsilon).input(nchw(given.get(0)));
    return node.input(given.get(1)).input(given.get(2));
  }

  /** Of each element's fellows: those along some axes of x in another shape. */
  private static Values variance(Values x, Shape shape, int... axes) {
    return of(
        t -> {
          Tensor parts = Ops.reshape(t, shape);
          Tensor variance = Ops.mean(Ops.square(Ops.sub(parts, Ops.mean(parts, axes))), axes);
          return Ops.reshape(Ops.broadcast(variance, shape), x.shape());
        },
        x);
  }

  /** Means are off by roundings in proportion to the largest x, which the deviation divides. */
  private static void assertNorm(
      Values expected, Composite norm, List<Values> given, Values variance) {
    Values x = given.get(0);
    double largest = Arrays.stream(abs(x).data()).max().orElseThrow();
    double epsilon =
        switch (norm) {
          case GroupNorm group -> group.epsilon();
          case LayerNorm layer -> layer.epsilon();
          case BatchNorm batch -> batch.epsilon();
          default -> throw new IllegalArgumentException(norm.describe());
        };
    int c = x.shape().dim(3);
    assertNear(
        expected,
        norm.reference(given).getFirst(),
        i -> {
          double gamma = Math.abs(given.get(1).data()[i % c]);
          double beta = Math.abs(given.get(2).data()[i % c]);
          return 1e-5 * (gamma * largest / Math.sqrt(variance.data()[i] + epsilon) + beta);
        },
        norm.describe() + " of " + x.shape());
  }
}
