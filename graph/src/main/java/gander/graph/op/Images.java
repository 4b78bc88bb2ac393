// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

/**
 * Pooling, resampling and normalisation of images {@code [N,H,W,C]}: one static method an
 * operation, meant to be imported statically as those of {@link Ops}. All are written in other ops,
 * and so have gradients of every order.
 */
public final class Images {
  private static final int ROWS = 1;
  private static final int COLUMNS = 2;

  private Images() {}

  private static Shape checked(String function, Tensor x) {
    ShapeException.check(
        x.shape().rank() == 4, "%s takes images [N,H,W,C], not %s", function, x.describe());
    return x.shape();
  }

  // Pooling

  /**
   * The mean of each block of {@code size} x {@code size} pixels: {@code [N,H/size,W/size,C]}; rows
   * and columns that fill no block are left out.
   */
  public static Tensor averagePool(Tensor x, int size) {
    Shape shape = checked("an average pool", x);
    Window window = Window.of(size, 0);
    int p = window.rows(shape.dim(ROWS), size);
    int q = window.columns(shape.dim(COLUMNS), size);
    Tensor whole = Ops.slice(Ops.slice(x, ROWS, 0, p * size), COLUMNS, 0, q * size);
    int n = shape.dim(0);
    int c = shape.dim(3);
    Tensor blocks = Ops.reshape(whole, Shape.of(n, p, size, q, size, c));
    return Ops.reshape(Ops.mean(blocks, 2, 4), Shape.of(n, p, q, c));
  }

  /**
   * The mean of the {@code size} x {@code size} pixels under a window that moves by {@code stride}:
   * {@code [N,P,Q,C]}. The {@code pad} zeros around the image count as pixels: every sum is divided
   * by size^2.
   */
  public static Tensor averagePool(Tensor x, int size, int stride, int pad) {
    int c = checked("an average pool", x).dim(3);
    Tensor mean = Ops.constant(1.0 / (size * size), Shape.of(size, size, 1, c));
    return Ops.conv2d(x, mean, Window.of(stride, pad).grouped(c));
  }

  /**
   * The largest of the {@code size} x {@code size} pixels under a window that moves by {@code
   * stride}: {@code [N,P,Q,C]}. What is up to {@code pad} pixels outside the image, {@code pad}
   * less than {@code size}, is never the largest.
   *
   * <p>At ties the gradient is shared among the largest: halved, as that of {@link Ops#max}, in
   * each comparison of a tree over the rows and of one over the columns.
   */
  public static Tensor maxPool(Tensor x, int size, int stride, int pad) {
    checked("a max pool", x);
    ShapeException.check(
        pad < size, "a max pool of size %d with padding %d would see no pixel", size, pad);
    Tensor rows = maxPool(x, ROWS, size, stride, pad);
    return maxPool(rows, COLUMNS, size, stride, pad);
  }

  /**
   * The maximum along one axis. Padding repeats the pixel at the edge: a window that reaches beyond
   * the edge contains it, so the maximum is the same, and no infinities take part.
   */
  private static Tensor maxPool(Tensor x, int axis, int size, int stride, int pad) {
    Shape shape = x.shape();
    int places = Window.of(stride, pad).rows(shape.dim(axis), size);
    int outer = shape.product(0, axis);
    int inner = shape.product(axis + 1, 4);
    // Pixel i of the axis is [i / stride, i % stride], so that a stride is a slice.
    int steps = (size - 1) / stride + places;
    Tensor line = extended(x, axis, pad, steps * stride);
    Tensor lattice = Ops.reshape(line, Shape.of(outer, steps, stride, inner));
    var views = new Tensor[size];
    for (int i = 0; i < size; i++) {
      views[i] = Ops.slice(Ops.slice(lattice, 2, i % stride, 1), 1, i / stride, places);
    }
    return Ops.reshape(largest(views, 0, size), shape.with(axis, places));
  }

  private static Tensor largest(Tensor[] views, int from, int to) {
    int middle = (from + to + 1) >>> 1;
    return to - from == 1
        ? views[from]
        : Ops.max(largest(views, from, middle), largest(views, middle, to));
  }

  /**
   * An axis with its first element {@code before} times more in front, then cut off, or filled up
   * with its last element, to a length.
   */
  private static Tensor extended(Tensor x, int axis, int before, int length) {
    int size = x.shape().dim(axis);
    int kept = Math.min(size, length - before);
    Tensor line = Ops.slice(x, axis, 0, kept);
    if (before > 0) {
      Tensor first = Ops.slice(x, axis, 0, 1);
      line = Ops.concat(axis, Ops.broadcast(first, x.shape().with(axis, before)), line);
    }
    int after = length - before - kept;
    if (after > 0) {
      Tensor last = Ops.slice(x, axis, size - 1, 1);
      line = Ops.concat(axis, line, Ops.broadcast(last, x.shape().with(axis, after)));
    }
    return line;
  }

  /** The mean of all pixels, {@code [N,C]}. */
  public static Tensor globalAveragePool(Tensor x) {
    Shape shape = checked("a global average pool", x);
    return Ops.reshape(Ops.mean(x, ROWS, COLUMNS), Shape.of(shape.dim(0), shape.dim(3)));
  }

  // Resampling

  /** Every pixel repeated to {@code factor} x {@code factor}: {@code [N,H*factor,W*factor,C]}. */
  public static Tensor upsampleNearest(Tensor x, int factor) {
    Shape shape = checked("an upsampling", x);
    checkFactor(factor);
    int n = shape.dim(0);
    int h = shape.dim(ROWS);
    int w = shape.dim(COLUMNS);
    int c = shape.dim(3);
    Tensor pixels = Ops.reshape(x, Shape.of(n, h, 1, w, 1, c));
    Tensor repeated = Ops.broadcast(pixels, Shape.of(n, h, factor, w, factor, c));
    return Ops.reshape(repeated, Shape.of(n, h * factor, w * factor, c));
  }

  /**
   * Linear interpolation along both axes to {@code [N,H*factor,W*factor,C]}. A pixel's value is
   * that at its centre (corners are not aligned); beyond the outermost centres it is theirs.
   */
  public static Tensor upsampleBilinear(Tensor x, int factor) {
    checked("an upsampling", x);
    checkFactor(factor);
    return interpolated(interpolated(x, ROWS, factor), COLUMNS, factor);
  }

  /**
   * Interpolation along one axis: the t-th of the pixels that one becomes has its centre at {@code
   * (t + 1/2) / factor - 1/2} from that one's, between it and the one before or after.
   */
  private static Tensor interpolated(Tensor x, int axis, int factor) {
    Shape shape = x.shape();
    int size = shape.dim(axis);
    int outer = shape.product(0, axis);
    int inner = shape.product(axis + 1, 4);
    Tensor line = extended(x, axis, 1, size + 2);
    Tensor near = Ops.reshape(line, Shape.of(outer, size + 2, 1, inner));
    Tensor centre = Ops.sub(Ops.div(Ops.add(Ops.iota(factor), 0.5), factor), 0.5);
    Tensor offset = Ops.reshape(centre, Shape.of(factor, 1));
    Tensor before = Ops.mul(Ops.relu(Ops.neg(offset)), Ops.slice(near, 1, 0, size));
    Tensor here = Ops.mul(Ops.sub(Ops.scalar(1), Ops.abs(offset)), Ops.slice(near, 1, 1, size));
    Tensor after = Ops.mul(Ops.relu(offset), Ops.slice(near, 1, 2, size));
    return Ops.reshape(Ops.add(Ops.add(before, here), after), shape.with(axis, size * factor));
  }

  /**
   * Channels to pixels (Shi et al. 2016): {@code [N,H,W,C*factor^2]} to {@code
   * [N,H*factor,W*factor,C]}; channel {@code (c*factor + i)*factor + j} becomes channel c of the
   * pixels in row i and column j of their block.
   */
  public static Tensor pixelShuffle(Tensor x, int factor) {
    Shape shape = checked("a pixel shuffle", x);
    checkFactor(factor);
    int n = shape.dim(0);
    int h = shape.dim(ROWS);
    int w = shape.dim(COLUMNS);
    int c = shape.dim(3) / (factor * factor);
    ShapeException.check(
        c * factor * factor == shape.dim(3),
        "%d channels do not divide into blocks of %dx%d pixels",
        shape.dim(3),
        factor,
        factor);
    Tensor parts = Ops.reshape(x, Shape.of(n, h, w, c, factor, factor));
    return Ops.reshape(
        Ops.transpose(parts, 0, 1, 4, 2, 5, 3), Shape.of(n, h * factor, w * factor, c));
  }

  /** Pixels to channels, the inverse of {@link #pixelShuffle}. */
  public static Tensor pixelUnshuffle(Tensor x, int factor) {
    Shape shape = checked("a pixel unshuffle", x);
    checkFactor(factor);
    int n = shape.dim(0);
    int h = shape.dim(ROWS) / factor;
    int w = shape.dim(COLUMNS) / factor;
    int c = shape.dim(3);
    ShapeException.check(
        h * factor == shape.dim(ROWS) && w * factor == shape.dim(COLUMNS),
        "%dx%d pixels do not divide into blocks of %dx%d",
        shape.dim(ROWS),
        shape.dim(COLUMNS),
        factor,
        factor);
    Tensor blocks = Ops.reshape(x, Shape.of(n, h, factor, w, factor, c));
    return Ops.reshape(
        Ops.transpose(blocks, 0, 1, 3, 5, 2, 4), Shape.of(n, h, w, c * factor * factor));
  }

  private static void checkFactor(int factor) {
    ShapeException.check(factor >= 1, "a factor of %d is not at least 1", factor);
  }

  // Normalisation

  /** Each image's channel normalised over its pixels: group norm with every channel a group. */
  public static Tensor instanceNorm(Tensor x, Tensor gamma, Tensor beta, double epsilon) {
    return groupNorm(x, gamma, beta, checked("instance norm", x).dim(3), epsilon);
  }

  /**
   * Each image's groups of neighbouring channels normalised over all their pixels, then {@code
   * gamma [C]} times plus {@code beta [C]}.
   */
  public static Tensor groupNorm(Tensor x, Tensor gamma, Tensor beta, int groups, double epsilon) {
    checked("group norm", x);
    return Node.of(new GroupNorm(groups, epsilon), x, gamma, beta);
  }
}
