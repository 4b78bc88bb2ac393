// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The sum or the maximum over some axes, which stay in the shape with extent 1.
 *
 * <p>Gradients: of a sum, dy repeated; of a maximum, dy to where it is reached, shared equally
 * among ties: {@code dx = dy * [x = y] / count(x = y)}.
 *
 * @param axes in ascending order, without duplicates
 */
public record Reduce(Kind kind, List<Integer> axes) implements Op {
  /** What the elements are reduced to. */
  public enum Kind {
    SUM(0),
    MAX(1);

    /** {@code KIND} in kernels. */
    final int code;

    Kind(int code) {
      this.code = code;
    }
  }

  public Reduce {
    axes = axes.stream().sorted().distinct().toList();
  }

  @Override
  public String name() {
    return "reduce";
  }

  @Override
  public String describe() {
    String over = axes.stream().map(Object::toString).collect(Collectors.joining(","));
    return (kind == Kind.SUM ? "sum" : "max") + " over " + over;
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    Shape x = inputs.getFirst();
    int[] dims = x.dims();
    for (int axis : axes) {
      ShapeException.check(axis >= 0 && axis < dims.length, "%s has no axis %d", x, axis);
      dims[axis] = 1;
    }
    return List.of(Shape.of(dims));
  }

  @Override
  public List<@Nullable Tensor> gradient(Node node, List<@Nullable Tensor> gradients) {
    Tensor dy = gradients.getFirst();
    if (dy == null) {
      return Collections.singletonList(null);
    }
    Tensor x = node.input(0);
    if (kind == Kind.SUM) {
      return List.of(Ops.broadcast(dy, x.shape()));
    }
    Tensor hits = Ops.equal(x, node.output(0));
    Tensor share = Ops.div(dy, Node.of(new Reduce(Kind.SUM, axes), hits));
    return List.of(Ops.mul(hits, share));
  }

  @Override
  public List<Values> reference(List<Values> inputs) {
    Values x = inputs.getFirst();
    Shape shape = shapes(List.of(x.shape())).getFirst();
    // The reduced axes inside, so that each output's terms are neighbours and sum pairwise.
    int[] order =
        IntStream.concat(
                IntStream.range(0, x.shape().rank()).filter(axis -> !axes.contains(axis)),
                axes.stream().mapToInt(Integer::intValue))
            .toArray();
    double[] terms = new Transpose(order).reference(inputs).getFirst().data();
    int count = x.shape().size() / shape.size();
    var y = new double[shape.size()];
    for (int i = 0; i < y.length; i++) {
      int begin = i * count;
      y[i] =
          kind == Kind.SUM
              ? pairwiseSum(terms, begin, begin + count)
              : Arrays.stream(terms, begin, begin + count).reduce(Math::max).orElseThrow();
    }
    return List.of(new Values(shape, y));
  }

  /** Halves until few terms are left: an error that grows with the logarithm of the count. */
  private static double pairwiseSum(double[] terms, int from, int to) {
    if (to - from <= 16) {
      double sum = 0;
      for (int i = from; i < to; i++) {
        sum += terms[i];
      }
      return sum;
    }
    int middle = (from + to) >>> 1;
    return pairwiseSum(terms, from, middle) + pairwiseSum(terms, middle, to);
  }

  @Override
  public Cost cost(List<Shape> inputs, List<Shape> outputs) {
    return Cost.streaming(inputs.getFirst().size(), inputs, outputs);
  }

  /** Null where the axes are not neighbours; the compiler splits such a node first. */
  @Override
  public @Nullable Contract contract(List<Shape> inputs, List<Shape> outputs) {
    Shape x = inputs.getFirst();
    int[] proper = axes.stream().mapToInt(Integer::intValue).filter(a -> x.dim(a) != 1).toArray();
    int first = proper.length == 0 ? x.rank() : proper[0];
    int last = proper.length == 0 ? x.rank() : proper[proper.length - 1] + 1;
    int reduced = Arrays.stream(proper).map(x::dim).reduce(1, (a, b) -> a * b);
    if (x.product(first, last) != reduced) {
      return null;
    }
    int o = x.product(0, first);
    int i = x.product(last, x.rank());
    return Contract.of(name())
        .dim("O", o)
        .dim("R", reduced)
        .dim("I", i)
        .dim("KIND", kind.code)
        .hookedInput("x", o, reduced, i)
        .hookedOutput("y", o, i)
        .build();
  }

  static List<Sample> samples() {
    var samples = new ArrayList<Sample>();
    for (Kind kind : Kind.values()) {
      samples.add(Sample.of(new Reduce(kind, List.of(0)), Sample.normal(1)));
      samples.add(Sample.of(new Reduce(kind, List.of(0)), Sample.normal(7)));
      samples.add(Sample.of(new Reduce(kind, List.of(0)), Sample.normal(5, 3)));
      samples.add(Sample.of(new Reduce(kind, List.of(1)), Sample.normal(5, 3)));
      samples.add(
          Sample.of(new Reduce(kind, List.of(1)), Sample.given(Sample.Content.TIES, 4, 9, 3)));
      samples.add(
          Sample.of(new Reduce(kind, List.of(0, 2)), Sample.given(Sample.Content.TIES, 3, 4, 5)));
      samples.add(Sample.of(new Reduce(kind, List.of(1, 2)), Sample.normal(6, 1, 17)));
      samples.add(Sample.of(new Reduce(kind, List.of(0)), Sample.normal(128, 256)));
      samples.add(Sample.of(new Reduce(kind, List.of(0)), Sample.normal(129, 50)));
      samples.add(
          Sample.of(new Reduce(kind, List.of(1)), Sample.given(Sample.Content.OUTLIERS, 64, 784)));
      samples.add(Sample.of(new Reduce(kind, List.of(0, 1)), Sample.normal(128, 1)));
      samples.add(Sample.of(new Reduce(kind, List.of(1)), Sample.normal(3, 1000, 2)));
      samples.add(Sample.of(new Reduce(kind, List.of(0)), Sample.normal(100_003)));
      samples.add(Sample.of(new Reduce(kind, List.of(0)), Sample.normal(20_000, 3)));
    }
    return samples;
  }
}
