// SPDX-License-Identifier: Apache-2.0
package gander.bench.nvidia;

import java.util.List;

/**
 * The three convolutions of cuDNN: each reads two of image, filter and result, and gives the third.
 * Their functions take the same types in the same order.
 */
enum ConvolutionPass {
  FORWARD(
      "conv2d",
      "cudnnConvolutionForward",
      "cudnnGetConvolutionForwardAlgorithm_v7",
      "IMPLICIT_GEMM",
      "IMPLICIT_PRECOMP_GEMM",
      "GEMM",
      "DIRECT",
      "FFT",
      "FFT_TILING",
      "WINOGRAD",
      "WINOGRAD_NONFUSED"),
  INPUT(
      "conv2d_input",
      "cudnnConvolutionBackwardData",
      "cudnnGetConvolutionBackwardDataAlgorithm_v7",
      "ALGO_0",
      "ALGO_1",
      "FFT",
      "FFT_TILING",
      "WINOGRAD",
      "WINOGRAD_NONFUSED"),
  FILTER(
      "conv2d_filter",
      "cudnnConvolutionBackwardFilter",
      "cudnnGetConvolutionBackwardFilterAlgorithm_v7",
      "ALGO_0",
      "ALGO_1",
      "FFT",
      "ALGO_3",
      "WINOGRAD",
      "WINOGRAD_NONFUSED",
      "FFT_TILING");

  /** Gander's op. */
  final String op;

  /** What computes it. */
  final String function;

  /** What lists the algorithms for it. */
  final String search;

  private final List<String> algorithms;

  ConvolutionPass(String op, String function, String search, String... algorithms) {
    this.op = op;
    this.function = function;
    this.search = search;
    this.algorithms = List.of(algorithms);
  }

  /** The two that are read and the one that is written, in the functions' order. */
  <T> List<T> order(T x, T w, T y) {
    return switch (this) {
      case FORWARD -> List.of(x, w, y);
      case INPUT -> List.of(w, y, x);
      case FILTER -> List.of(x, y, w);
    };
  }

  /** The end of the name of an algorithm in the pass's enumeration. */
  String algorithm(int number) {
    return number < algorithms.size() ? algorithms.get(number) : "algorithm " + number;
  }
}
