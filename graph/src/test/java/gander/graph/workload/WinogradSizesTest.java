// SPDX-License-Identifier: Apache-2.0
package gander.graph.workload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.op.Conv2d;
import gander.graph.op.Conv2dFilter;
import gander.graph.op.Conv2dInput;
import gander.graph.op.Convolution;
import gander.graph.op.Shape;
import gander.graph.op.Values;
import gander.graph.op.Window;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Winograd's filtering, as the bounds of its kernels follow it, computes the convolution. */
class WinogradSizesTest {
  private static final int N = 2;
  private static final int C = 3;
  private static final int K = 2;

  private static Values normal(Random random, Shape shape) {
    return new Values(shape, random.doubles(shape.size(), -1, 1).toArray());
  }

  private static Values absolute(Values values) {
    return new Values(values.shape(), Arrays.stream(values.data()).map(Math::abs).toArray());
  }

  static Stream<Arguments> convolutions() {
    return Stream.of(
            new int[] {3, 1, 2},
            new int[] {3, 1, 4},
            new int[] {5, 1, 2},
            new int[] {4, 2, 2},
            new int[] {4, 2, 4})
        .flatMap(c ->
            Stream.of(
                Arguments.of(c[0], c[1], c[2], 8, 8),
                // Tiles that reach beyond the image.
                Arguments.of(c[0], c[1], c[2], 9, 7)));
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void filteringIsTheConvolution(int size, int stride, int tile, int height, int width) {
    var window = Window.of(stride, size / 2 - (stride - 1));
    var random = new Random(7);
    Values x = normal(random, Shape.of(N, height, width, C));
    Values w = normal(random, Shape.of(size, size, C, K));
    int p = (height + 2 * window.padH() - size) / stride + 1;
    int q = (width + 2 * window.padW() - size) / stride + 1;
    Values y = normal(random, Shape.of(N, p, q, K));
    same(new Conv2d(window), tile, x, w);
    same(new Conv2dInput(window, height, width), tile, y, w);
    same(new Conv2dFilter(window, size, size), tile, x, y);
  }

  private static void same(Convolution conv, int tile, Values a, Values b) {
    Convolution.Extents extents = conv.extents(List.of(a.shape(), b.shape()));
    double[] expected = conv.reference(List.of(a, b)).getFirst().data();
    var signed =
        new WinogradSizes(conv, extents, tile, WinogradSizes.matrices(conv, extents, tile));
    assertArrayEquals(expected, signed.of(a, b), 1e-10, conv + " by tiles of " + tile);

    double[] own = conv.reference(List.of(absolute(a), absolute(b))).getFirst().data();
    double[] sizes = new WinogradSizes(conv, extents, tile).of(absolute(a), absolute(b));
    for (int i = 0; i < sizes.length; i++) {
      assertTrue(sizes[i] >= own[i] * (1 - 1e-12), conv + " at " + i);
    }
  }
}
