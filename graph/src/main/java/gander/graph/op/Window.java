// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.ArrayList;
import java.util.List;

/**
 * How a filter slides over an image, and over which of its channels.
 *
 * @param padH rows of zeros above and below the image; {@code padW} columns left and right of it
 * @param dilationH rows of the image between neighbouring rows of the filter; 1 for a dense filter
 * @param groups parts that the channels are cut into, each with filters of its own; as many as
 *     there are channels for a depthwise convolution
 */
public record Window(
    int strideH, int strideW, int padH, int padW, int dilationH, int dilationW, int groups) {
  public Window {
    ShapeException.check(
        strideH >= 1 && strideW >= 1 && dilationH >= 1 && dilationW >= 1 && groups >= 1,
        "strides %dx%d, dilations %dx%d and %d groups are not all at least 1",
        strideH,
        strideW,
        dilationH,
        dilationW,
        groups);
    ShapeException.check(padH >= 0 && padW >= 0, "padding %dx%d is negative", padH, padW);
  }

  /** The same stride and padding along both axes, dense, in one group. */
  public static Window of(int stride, int pad) {
    return new Window(stride, stride, pad, pad, 1, 1, 1);
  }

  public Window dilated(int dilation) {
    return new Window(strideH, strideW, padH, padW, dilation, dilation, groups);
  }

  public Window grouped(int count) {
    return new Window(strideH, strideW, padH, padW, dilationH, dilationW, count);
  }

  /** Rows of the result for an image of {@code h} rows and a filter of {@code r}. */
  int rows(int h, int r) {
    return steps("rows", h, r, strideH, padH, dilationH);
  }

  /** Columns of the result for an image of {@code w} columns and a filter of {@code s}. */
  int columns(int w, int s) {
    return steps("columns", w, s, strideW, padW, dilationW);
  }

  /** Rows of the smallest image that is convolved to {@code p} rows by a filter of {@code r}. */
  int imageRows(int p, int r) {
    return strideH * (p - 1) + dilationH * (r - 1) + 1 - 2 * padH;
  }

  /** Columns of the smallest image that is convolved to {@code q} columns. */
  int imageColumns(int q, int s) {
    return strideW * (q - 1) + dilationW * (s - 1) + 1 - 2 * padW;
  }

  private static int steps(String what, int image, int filter, int stride, int pad, int dilation) {
    int span = dilation * (filter - 1) + 1;
    ShapeException.check(
        image + 2 * pad >= span,
        "a filter over %d %s does not fit an image of %d with padding %d",
        span,
        what,
        image,
        pad);
    return (image + 2 * pad - span) / stride + 1;
  }

  /** Such as {@code stride 2 pad 1}; what is as usual is left out. */
  @Override
  public String toString() {
    var words = new ArrayList<String>();
    pair(words, "stride", strideH, strideW, 1);
    pair(words, "pad", padH, padW, 0);
    pair(words, "dilation", dilationH, dilationW, 1);
    if (groups > 1) {
      words.add(groups + " groups");
    }
    return String.join(" ", words);
  }

  private static void pair(List<String> words, String name, int h, int w, int usual) {
    if (h != usual || w != usual) {
      words.add(name + " " + (h == w ? h : h + "x" + w));
    }
  }
}
