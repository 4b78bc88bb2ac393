// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a table: {@code y[n, ...] = table[index[n], ...]}; a row of NaN where an index is not one
 * of the table's.
 *
 * <p>Inputs: table {@code [R, ...]}, index {@code [N]}, integers stored as floats (exact below
 * 2^24). Gradient with respect to the table: the one-hot matrix of the indices, transposed, times
 * dy; with respect to the index there is none.
 */
public record Gather() implements Op {
  @Override
  public String name() {
    return "gather";
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    Shape table = inputs.get(0);
    Shape index = inputs.get(1);
    ShapeException.check(index.rank() == 1, "the index has shape %s and not [N]", index);
    ShapeException.check(table.rank() >= 1, "the table has shape %s, no rows", table);
    ShapeException.check(
        table.dim(0) <= 1 << 24, "a table of %d rows is beyond float indices", table.dim(0));
    return List.of(table.with(0, index.dim(0)));
  }

  @Override
  public List<@Nullable Tensor> gradient(Node node, List<@Nullable Tensor> gradients) {
    Tensor dy = gradients.getFirst();
    if (dy == null) {
      return Arrays.asList(null, null);
    }
    Shape table = node.input(0).shape();
    Tensor rows = Ops.reshape(dy, Shape.of(dy.shape().dim(0), table.product(1, table.rank())));
    Tensor chosen = Ops.oneHot(node.input(1), table.dim(0));
    return Arrays.asList(Ops.reshape(Ops.matmul(chosen, true, rows, false), table), null);
  }

  @Override
  public List<Values> reference(List<Values> inputs) {
    Values table = inputs.get(0);
    double[] index = inputs.get(1).data();
    Shape shape = shapes(List.of(table.shape(), inputs.get(1).shape())).getFirst();
    int width = shape.size() / index.length;
    var y = new double[shape.size()];
    for (int n = 0; n < index.length; n++) {
      int row = (int) index[n];
      if (row == index[n] && row >= 0 && row < table.shape().dim(0)) {
        System.arraycopy(table.data(), row * width, y, n * width, width);
      } else {
        Arrays.fill(y, n * width, (n + 1) * width, Double.NaN);
      }
    }
    return List.of(new Values(shape, y));
  }

  @Override
  public Cost cost(List<Shape> inputs, List<Shape> outputs) {
    Shape table = inputs.get(0);
    // A row that is asked for twice is read once.
    boolean some = outputs.getFirst().size() < table.size();
    return Cost.streaming(0, some ? outputs : List.of(table), outputs);
  }

  @Override
  public Contract contract(List<Shape> inputs, List<Shape> outputs) {
    Shape table = inputs.get(0);
    int width = table.product(1, table.rank());
    int rows = inputs.get(1).dim(0);
    return Contract.of(name())
        .dim("R", table.dim(0))
        .dim("W", width)
        .dim("N", rows)
        .input("table", table.dim(0), width)
        .input("index", rows)
        .output("y", rows, width)
        .build();
  }

  static List<Sample> samples() {
    Sample.Given index = Sample.given(Sample.Content.INDEX, 5);
    return List.of(
        Sample.of(new Gather(), Sample.normal(8), index),
        Sample.of(new Gather(), Sample.normal(9, 3), index),
        // Indices before the table, of each of its two rows, and of the row behind them.
        Sample.of(new Gather(), Sample.normal(2, 2, 3), Sample.given(Sample.Content.TIES, 24)),
        Sample.of(new Gather(), Sample.normal(500, 784), Sample.given(Sample.Content.INDEX, 128)),
        Sample.of(new Gather(), Sample.normal(1000), Sample.given(Sample.Content.INDEX, 130)));
  }
}
