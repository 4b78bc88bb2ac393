// SPDX-License-Identifier: Apache-2.0
package gander.graph;

import gander.graph.op.BatchNorm;
import gander.graph.op.Binary;
import gander.graph.op.Concat;
import gander.graph.op.Expr;
import gander.graph.op.GroupNorm;
import gander.graph.op.Images;
import gander.graph.op.LayerNorm;
import gander.graph.op.Node;
import gander.graph.op.Ops;
import gander.graph.op.Pointwise;
import gander.graph.op.Reduce;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Unary;
import gander.graph.op.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Random applications of every op to tensors that a random graph has. */
final class RandomOps {
  private static final List<Unary> UNARY = List.of(Unary.values());
  private static final List<Binary> BINARY = List.of(Binary.values());

  private final RandomGraphs graph;
  private final SplittableRandom random;

  RandomOps(RandomGraphs graph, SplittableRandom random) {
    this.graph = graph;
    this.random = random;
  }

  /** One application; empty where the op drawn fits nothing that is there. */
  List<Tensor> next() {
    Tensor made =
        switch (random.nextInt(27)) {
          case 0, 1, 2 -> unary(graph.pick());
          case 3, 4, 5, 6 -> binary();
          case 7 -> withConstant(graph.pick());
          case 8 -> formula();
          case 9, 10 -> broadcast();
          case 11 -> reshape(graph.pick());
          case 12 -> transpose(graph.pick());
          case 13 -> slice(graph.pick());
          case 14 -> pad(graph.pick());
          case 15 -> concat();
          case 16, 17, 18 -> reduce(graph.pick());
          case 19, 20 -> matmul();
          case 21 -> gather();
          case 22 -> draw();
          case 23, 24 -> image();
          case 25 -> normalThenConvolved();
          default -> null;
        };
    return made == null ? composite() : List.of(made);
  }

  // Pointwise

  private Tensor unary(Tensor x) {
    Unary function = UNARY.get(random.nextInt(UNARY.size()));
    Tensor argument =
        switch (function) {
          case SQRT, RSQRT, RECIP, LOG, LOG1P -> RandomGraphs.positive(x);
          default -> x;
        };
    return Pointwise.of(Expr.unary(function, Expr.arg(0)), argument);
  }

  private @Nullable Tensor binary() {
    Tensor a = graph.pick();
    Tensor b = graph.pick(shape -> broadcasts(a.shape(), shape));
    if (b == null) {
      return null;
    }
    Shape shape = common(a.shape(), b.shape());
    Binary function = BINARY.get(random.nextInt(BINARY.size()));
    boolean swapped = random.nextBoolean();
    Tensor left = Ops.broadcast(swapped ? b : a, shape);
    Tensor right = Ops.broadcast(swapped ? a : b, shape);
    switch (function) {
      case DIV -> right = RandomGraphs.positive(right);
      case LRELU -> right = Ops.sigmoid(right);
      case POW -> {
        left = RandomGraphs.positive(left);
        right = Ops.tanh(right);
      }
      default -> {}
    }
    return Pointwise.of(Expr.binary(function, Expr.arg(0), Expr.arg(1)), left, right);
  }

  private Tensor withConstant(Tensor x) {
    double c = random.nextInt(-3, 4) * 0.3;
    return switch (random.nextInt(8)) {
      case 0 -> Ops.add(x, c);
      case 1 -> Ops.sub(x, c);
      case 2 -> Ops.mul(x, c);
      case 3 -> Ops.div(x, c + 2);
      case 4 -> Ops.leakyRelu(x, Math.abs(c));
      case 5 -> Ops.clip(x, -Math.abs(c) - 0.1, 0.7);
      case 6 -> Ops.pow(RandomGraphs.positive(x), c);
      default -> Ops.mul(Ops.constant(c, x.shape()), x);
    };
  }

  private Tensor formula() {
    Tensor a = graph.pick();
    Tensor b = graph.pick(a.shape()::equals);
    Tensor c = graph.pick(a.shape()::equals);
    return graph.formula(a, b == null ? a : b, c == null ? a : c);
  }

  // Shapes

  private static Shape common(Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    Shape left = a.padded(rank);
    Shape right = b.padded(rank);
    return Shape.of(
        IntStream.range(0, rank).map(k -> Math.max(left.dim(k), right.dim(k))).toArray());
  }

  private static boolean broadcasts(Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    Shape left = a.padded(rank);
    Shape right = b.padded(rank);
    return IntStream.range(0, rank)
        .allMatch(k -> left.dim(k) == right.dim(k) || left.dim(k) == 1 || right.dim(k) == 1);
  }

  private Tensor broadcast() {
    Tensor x = graph.pick(shape -> shape.rank() < 4 && shape.size() < 300);
    if (x == null) {
      return Ops.iota(random.nextInt(1, 40));
    }
    int[] dims = x.shape().dims();
    for (int axis = 0; axis < dims.length; axis++) {
      dims[axis] = dims[axis] == 1 && random.nextBoolean() ? random.nextInt(1, 6) : dims[axis];
    }
    int extra = random.nextInt(3 - Math.min(2, dims.length / 2));
    int[] front = IntStream.range(0, extra).map(k -> random.nextInt(1, 5)).toArray();
    return Ops.broadcast(
        x, Shape.of(IntStream.concat(Arrays.stream(front), Arrays.stream(dims)).toArray()));
  }

  /** Into other extents, or only with other axes of extent 1. */
  private Tensor reshape(Tensor x) {
    var dims = new ArrayList<Integer>();
    if (random.nextBoolean()) {
      Arrays.stream(x.shape().dims()).filter(d -> d != 1).forEach(dims::add);
      for (int k = random.nextInt(3); k > 0 && dims.size() < 5; k--) {
        dims.add(random.nextInt(dims.size() + 1), 1);
      }
    } else {
      int left = x.shape().size();
      while (left > 1 && dims.size() < 3) {
        int rest = left;
        int[] divisors = IntStream.rangeClosed(2, left).filter(d -> rest % d == 0).toArray();
        int extent = divisors[random.nextInt(divisors.length)];
        dims.add(extent);
        left /= extent;
      }
      if (left > 1 || dims.isEmpty()) {
        dims.add(left);
      }
    }
    return Ops.reshape(x, Shape.of(dims.stream().mapToInt(d -> d).toArray()));
  }

  private Tensor transpose(Tensor x) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, x.shape().rank()).boxed().toList());
    Collections.shuffle(order, new java.util.Random(random.nextLong()));
    return Ops.transpose(x, order.stream().mapToInt(k -> k).toArray());
  }

  private @Nullable Tensor slice(Tensor x) {
    if (x.shape().rank() == 0) {
      return null;
    }
    int axis = random.nextInt(x.shape().rank());
    int size = random.nextInt(1, x.shape().dim(axis) + 1);
    return Ops.slice(x, axis, random.nextInt(x.shape().dim(axis) - size + 1), size);
  }

  private @Nullable Tensor pad(Tensor x) {
    return x.shape().rank() == 0
        ? null
        : Ops.pad(x, random.nextInt(x.shape().rank()), random.nextInt(4), random.nextInt(4));
  }

  private @Nullable Tensor concat() {
    Tensor x = graph.pick(shape -> shape.rank() > 0);
    if (x == null) {
      return null;
    }
    int axis = random.nextInt(x.shape().rank());
    var parts = new ArrayList<Tensor>(List.of(x));
    for (int k = random.nextInt(4); k > 0; k--) {
      Tensor other =
          graph.pick(
              s -> s.rank() == x.shape().rank() && s.with(axis, 1).equals(x.shape().with(axis, 1)));
      parts.add(random.nextInt(parts.size() + 1), other == null ? x : other);
    }
    return new Node(new Concat(axis), parts).output(0);
  }

  // Kernels of their own

  private @Nullable Tensor reduce(Tensor x) {
    int[] axes = IntStream.range(0, x.shape().rank()).filter(k -> random.nextInt(5) < 3).toArray();
    if (axes.length == 0) {
      return null;
    }
    return switch (random.nextInt(5)) {
      case 0, 1 -> Ops.sum(x, axes);
      case 2 -> Ops.mean(x, axes);
      case 3 -> Ops.logSumExp(Ops.clip(x, -30, 30), axes[0]);
      default -> Node.of(new Reduce(Reduce.Kind.MAX, Arrays.stream(axes).boxed().toList()), x);
    };
  }

  private @Nullable Tensor matmul() {
    Tensor a = graph.pick(s -> s.rank() == 2 || s.rank() == 3);
    if (a == null) {
      return null;
    }
    boolean ta = random.nextBoolean();
    boolean tb = random.nextBoolean();
    int depth = a.shape().dim(ta ? -2 : -1);
    Tensor b =
        graph.pick(s ->
            s.rank() == a.shape().rank()
                && s.dim(tb ? -1 : -2) == depth
                && (s.rank() == 2 || s.dim(0) == a.shape().dim(0)));
    if (b == null || random.nextInt(4) == 0) {
      int n = random.nextInt(1, 20);
      int[] matrix = tb ? new int[] {n, depth} : new int[] {depth, n};
      int[] batch = a.shape().rank() == 2 ? new int[0] : new int[] {a.shape().dim(0)};
      b =
          graph.leaf(
              Shape.of(IntStream.concat(Arrays.stream(batch), Arrays.stream(matrix)).toArray()));
    }
    return Ops.mul(Ops.matmul(a, ta, b, tb), 1 / Math.sqrt(depth));
  }

  private @Nullable Tensor gather() {
    Tensor table = graph.pick(s -> s.rank() > 0);
    if (table == null) {
      return null;
    }
    int count = random.nextInt(1, 20);
    int rows = table.shape().dim(0);
    double[] index = random.ints(count, 0, rows).asDoubleStream().toArray();
    return Ops.gather(table, graph.input(Shape.of(count), index));
  }

  private Tensor draw() {
    String name = "draw" + random.nextInt(3);
    long seed = random.nextLong();
    return random.nextBoolean()
        ? Ops.uniform(name, seed, graph.step(), graph.shape())
        : Ops.normal(name, seed, graph.step(), graph.shape());
  }

  /** Pooling and resampling of what is taken for images. */
  private @Nullable Tensor image() {
    Tensor any = graph.pick(s -> s.rank() == 3 || s.rank() == 4);
    if (any == null) {
      return null;
    }
    Tensor x = Ops.reshape(any, any.shape().padded(4));
    int height = x.shape().dim(1);
    int width = x.shape().dim(2);
    int size = random.nextInt(1, 4);
    int pad = random.nextInt(size);
    boolean fits = size <= Math.min(height, width) + 2 * pad;
    return switch (random.nextInt(8)) {
      case 0, 1 -> fits ? Images.maxPool(x, size, random.nextInt(1, 4), pad) : null;
      case 2 -> Images.averagePool(x, Math.min(size, Math.min(height, width)));
      case 3 -> Images.globalAveragePool(x);
      case 4 -> Images.upsampleNearest(x, size);
      case 5 -> Images.upsampleBilinear(x, size);
      case 6 -> Images.pixelShuffle(x, x.shape().dim(3) % (size * size) == 0 ? size : 1);
      default -> Images.pixelUnshuffle(x, height % size + width % size == 0 ? size : 1);
    };
  }

  /**
   * A small network's block: what it normalises a convolution may normalise as it reads, and one in
   * front may sum over.
   */
  private Tensor normalThenConvolved() {
    int channels = random.nextInt(15, 20);
    Tensor x = graph.leaf(Shape.of(2, random.nextInt(2, 4), random.nextInt(2, 4), channels));
    if (random.nextBoolean()) {
      x = Ops.conv2d(x, graph.leaf(Shape.of(3, 3, channels, channels)), Window.of(1, 1));
      x = random.nextBoolean() ? Ops.add(x, graph.leaf(Shape.of(channels))) : x;
    }
    var norm = new BatchNorm(random.nextBoolean() ? 1e-2 : 0.3);
    Tensor scale = graph.leaf(Shape.of(channels));
    Tensor normal = new Node(norm, List.of(x, scale, graph.leaf(Shape.of(channels)))).output(0);
    Tensor active = random.nextBoolean() ? Ops.relu(normal) : normal;
    int taps = random.nextInt(1, 4);
    Window window = Window.of(random.nextInt(1, 3), taps / 2);
    return Ops.conv2d(active, graph.leaf(Shape.of(taps, taps, channels, 3)), window);
  }

  /** One of a number's divisors. */
  private int divisor(int number) {
    int[] divisors = IntStream.rangeClosed(1, number).filter(d -> number % d == 0).toArray();
    return divisors[random.nextInt(divisors.length)];
  }

  private List<Tensor> composite() {
    Tensor x = graph.pick(s -> s.rank() >= 2);
    if (x == null) {
      return List.of();
    }
    double epsilon = random.nextBoolean() ? 1e-2 : 0.3;
    int channels = x.shape().dim(-1);
    return switch (random.nextInt(5)) {
      case 0, 1 -> {
        Tensor gamma = graph.leaf(Shape.of(channels));
        Tensor beta = graph.leaf(Shape.of(channels));
        yield new Node(new BatchNorm(epsilon), List.of(x, gamma, beta)).allOutputs();
      }
      case 2 -> {
        Tensor gamma = graph.leaf(Shape.of(channels));
        Tensor beta = graph.leaf(Shape.of(channels));
        yield List.of(Node.of(new LayerNorm(epsilon), x, gamma, beta));
      }
      case 3 -> {
        Tensor gamma = graph.leaf(Shape.of(channels));
        Tensor beta = graph.leaf(Shape.of(channels));
        var norm = new GroupNorm(divisor(channels), epsilon);
        yield List.of(Node.of(norm, x, gamma, beta));
      }
      default -> {
        Tensor logits = Ops.reshape(x, Shape.of(x.shape().size() / channels, channels));
        Tensor share = Ops.uniform("class", 1, graph.step(), Shape.of(logits.shape().dim(0)));
        Tensor index = Ops.floor(Ops.mul(share, 0.99 * channels));
        yield List.of(
            Ops.softmaxCrossEntropy(logits, Ops.oneHot(index, channels)),
            Ops.stopGradient(Ops.squaredNorms(logits)));
      }
    };
  }
}
