// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The problem lists of the convolution family: every convolution in all three directions. */
final class ConvSamples {
  private ConvSamples() {}

  private static List<Sample> all(
      int n, int h, int w, int c, int k, int r, int s, Window window, Sample.Content content) {
    var e =
        new Convolution.Extents(
            n, h, w, c, k, r, s, window.rows(h, r), window.columns(w, s), window);
    var x = new Sample.Given(e.image(), content);
    var f = new Sample.Given(e.filters(), content);
    var y = new Sample.Given(e.result(), content);
    return List.of(
        Sample.of(new Conv2d(window), x, f),
        Sample.of(new Conv2dInput(window, h, w), y, f),
        Sample.of(new Conv2dFilter(window, r, s), x, y));
  }

  private static List<Sample> all(int n, int h, int w, int c, int k, int r, int s, Window window) {
    return all(n, h, w, c, k, r, s, window, Sample.Content.NORMAL);
  }

  /** A square convolution of square images. */
  private static List<Sample> square(int n, int h, int c, int k, int r, Window window) {
    return all(n, h, h, c, k, r, r, window);
  }

  static List<Sample> samples() {
    var samples = new ArrayList<Sample>();
    Stream.of(
            // Small enough for differences.
            square(1, 1, 1, 1, 1, Window.of(1, 0)),
            square(2, 4, 1, 3, 3, Window.of(1, 1)),
            square(2, 4, 3, 2, 2, Window.of(2, 0)),
            all(1, 3, 5, 2, 3, 2, 3, new Window(1, 2, 1, 0, 1, 1, 1)),
            all(1, 6, 4, 1, 2, 3, 2, new Window(2, 1, 2, 1, 1, 2, 1)),
            square(1, 5, 2, 2, 2, Window.of(2, 1).dilated(2)),
            // An image of one pixel, and filters larger than the image.
            square(2, 1, 3, 2, 3, Window.of(1, 1)),
            all(1, 2, 3, 2, 1, 5, 4, Window.of(1, 2)),
            // A stride that skips pixels, and one that leaves some over.
            square(1, 5, 1, 2, 1, Window.of(3, 0)),
            square(1, 6, 1, 2, 3, Window.of(2, 0)),
            // A stride beyond the image, down and across.
            all(2, 1, 3, 2, 3, 1, 1, new Window(3, 1, 0, 0, 1, 1, 1)),
            all(2, 3, 1, 2, 3, 1, 1, new Window(1, 3, 0, 0, 1, 1, 1)),
            square(2, 3, 4, 6, 2, Window.of(1, 0).grouped(2)),
            square(1, 4, 3, 3, 3, Window.of(2, 1).grouped(3)),
            square(1, 3, 2, 4, 2, Window.of(1, 0).grouped(2)),
            square(1, 5, 4, 4, 2, Window.of(2, 1).dilated(2).grouped(2)),
            all(1, 4, 6, 3, 6, 2, 1, new Window(1, 3, 1, 0, 3, 1, 3)),
            // Padding wider than the filter, so that whole windows lie outside the image.
            square(1, 2, 1, 1, 2, Window.of(1, 3)),
            square(1, 4, 1, 2, 2, Window.of(3, 1)),
            // Many channels on few pixels.
            square(1, 2, 5, 3, 3, Window.of(2, 1)),
            square(2, 1, 5, 5, 2, Window.of(1, 1)),
            square(2, 1, 50, 5, 1, Window.of(1, 0)),
            square(1, 2, 50, 1, 2, Window.of(1, 0)),
            square(1, 2, 1, 50, 2, Window.of(2, 1)),
            all(1, 1, 3, 50, 1, 1, 3, new Window(1, 1, 0, 1, 1, 1, 1)),
            all(1, 1, 2, 50, 50, 2, 2, new Window(1, 1, 1, 0, 1, 1, 50)),
            // Few pixels for Winograd's filtering, with fewer channels than a vector on one side.
            square(1, 3, 3, 16, 3, Window.of(1, 1)),
            square(1, 3, 16, 3, 3, Window.of(1, 1)),
            // Few channels on one side or in a group, with strides and filters of other lengths
            // down than across.
            all(2, 7, 9, 20, 3, 3, 2, new Window(2, 1, 1, 1, 1, 1, 1)),
            all(2, 9, 7, 3, 20, 5, 2, new Window(1, 2, 1, 0, 1, 1, 1)),
            all(1, 5, 12, 17, 17, 3, 2, new Window(1, 2, 1, 0, 1, 1, 17)),
            // As networks have them, in small.
            square(3, 8, 3, 16, 4, Window.of(2, 1)),
            all(2, 12, 70, 3, 16, 4, 4, Window.of(2, 1)),
            square(2, 8, 16, 32, 4, Window.of(2, 1)),
            square(5, 4, 48, 70, 4, Window.of(2, 1)),
            square(3, 4, 20, 1, 4, Window.of(1, 0)),
            all(3, 4, 6, 20, 1, 4, 6, Window.of(1, 0)),
            all(2, 6, 4, 17, 33, 6, 4, Window.of(1, 0)),
            all(2, 8, 12, 16, 32, 4, 4, Window.of(2, 1)),
            square(2, 14, 1, 32, 5, Window.of(1, 2)),
            square(2, 9, 50, 25, 3, Window.of(1, 1)),
            square(2, 10, 1, 50, 3, Window.of(1, 1)),
            square(2, 12, 25, 1, 2, Window.of(2, 0)),
            square(3, 5, 33, 17, 1, Window.of(1, 0)),
            square(2, 7, 64, 4, 5, Window.of(1, 2)),
            square(2, 7, 20, 18, 5, Window.of(1, 2)),
            square(1, 20, 5, 5, 3, Window.of(2, 3).dilated(3)),
            square(2, 9, 32, 32, 3, Window.of(1, 1).grouped(32)),
            square(2, 9, 17, 34, 3, Window.of(2, 1).grouped(17)),
            square(1, 5, 2, 17, 3, Window.of(2, 1)),
            square(4, 5, 19, 19, 3, Window.of(2, 1).grouped(19)),
            square(2, 6, 24, 48, 3, Window.of(1, 1).grouped(3)),
            // Many images, of which kernels sum parts on their own.
            square(16, 4, 16, 16, 3, Window.of(1, 1)),
            square(17, 2, 16, 1, 2, Window.of(1, 1)),
            square(16, 3, 16, 16, 2, Window.of(1, 0).grouped(16)),
            all(2, 7, 40, 2, 20, 3, 7, new Window(1, 3, 0, 2, 2, 1, 1)),
            square(1, 17, 130, 130, 3, Window.of(1, 1)),
            // Two channels more than whole vectors.
            square(2, 4, 34, 34, 3, Window.of(1, 1)),
            all(2, 6, 6, 20, 18, 3, 3, Window.of(1, 1), Sample.Content.OUTLIERS))
        .forEach(samples::addAll);
    return samples;
  }

  /**
   * Of {@link ConvolutionStatistics}, fewer: its kernels are the convolutions' with little more.
   */
  static List<Sample> statistics() {
    var samples = new ArrayList<Sample>();
    Stream.of(
            square(1, 1, 1, 1, 1, Window.of(1, 0)),
            square(2, 4, 3, 2, 2, Window.of(2, 0)),
            // A stride beyond the image, down and across.
            all(2, 1, 3, 2, 3, 1, 1, new Window(3, 1, 0, 0, 1, 1, 1)),
            all(2, 3, 1, 2, 3, 1, 1, new Window(1, 3, 0, 0, 1, 1, 1)),
            square(2, 8, 16, 32, 4, Window.of(2, 1)),
            square(5, 4, 48, 70, 4, Window.of(2, 1)),
            // Many tiles of few channels: a block of 64 fits into any device's local memory.
            all(6, 8, 24, 16, 16, 4, 4, Window.of(2, 1)),
            square(2, 14, 1, 32, 5, Window.of(1, 2)),
            square(2, 9, 50, 25, 3, Window.of(1, 1)),
            square(2, 10, 1, 50, 3, Window.of(1, 1)),
            square(2, 7, 20, 18, 5, Window.of(1, 2)),
            square(3, 5, 33, 17, 1, Window.of(1, 0)),
            square(2, 6, 24, 48, 3, Window.of(1, 1).grouped(3)),
            all(2, 7, 40, 2, 20, 3, 7, new Window(1, 3, 0, 2, 2, 1, 1)),
            square(1, 17, 130, 130, 3, Window.of(1, 1)),
            square(2, 4, 34, 34, 3, Window.of(1, 1)),
            // Wide images: rows and columns of tiles are not as many.
            all(5, 4, 20, 20, 18, 3, 3, Window.of(1, 1), Sample.Content.OUTLIERS))
        .flatMap(List::stream)
        .forEach(sample -> addStatistics(sample, samples));
    return samples;
  }

  static List<Sample> largeStatistics() {
    var samples = new ArrayList<Sample>();
    largeSamples().forEach(sample -> addStatistics(sample, samples));
    return samples;
  }

  private static void addStatistics(Sample sample, List<Sample> to) {
    if (sample.op() instanceof Convolution conv && !(conv instanceof Conv2dFilter)) {
      to.add(new Sample(new ConvolutionStatistics(conv), sample.inputs()));
    }
  }

  /**
   * The convolutions of the networks that people train: {@code dcgan} at 64 pixels, batch 64, and
   * {@code gan-conv} at batch 128; then some that everyone measures.
   */
  static List<Sample> largeSamples() {
    var samples = new ArrayList<Sample>();
    Stream.of(
            square(64, 64, 3, 64, 4, Window.of(2, 1)),
            square(64, 32, 64, 128, 4, Window.of(2, 1)),
            square(64, 16, 128, 256, 4, Window.of(2, 1)),
            square(64, 8, 256, 512, 4, Window.of(2, 1)),
            square(128, 28, 1, 32, 5, Window.of(1, 2)),
            square(128, 14, 32, 64, 5, Window.of(1, 2)),
            square(128, 56, 1, 50, 3, Window.of(1, 1)),
            square(128, 56, 50, 25, 3, Window.of(1, 1)),
            square(128, 56, 25, 1, 2, Window.of(2, 0)),
            square(32, 28, 128, 128, 3, Window.of(1, 1)),
            square(16, 56, 64, 64, 3, Window.of(1, 1)),
            square(32, 28, 128, 128, 3, Window.of(1, 1).grouped(128)))
        .forEach(samples::addAll);
    return samples;
  }
}
