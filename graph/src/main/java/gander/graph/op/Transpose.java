// SPDX-License-Identifier: Apache-2.0
package gander.graph.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reorders axes: axis k of the result is axis {@code order[k]} of the input. */
public record Transpose(List<Integer> order) implements Op {
  /** The most groups of axes a kernel permutes, after neighbours that stay together are merged. */
  private static final int KERNEL_RANK = 5;

  Transpose(int... order) {
    this(Arrays.stream(order).boxed().toList());
  }

  @Override
  public String name() {
    return "transpose";
  }

  @Override
  public String describe() {
    return "transpose " + order;
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    Shape x = inputs.getFirst();
    List<Integer> sorted = order.stream().sorted().toList();
    ShapeException.check(
        sorted.equals(IntStream.range(0, x.rank()).boxed().toList()),
        "%s is no order of the axes of %s",
        order,
        x);
    return List.of(Shape.of(order.stream().mapToInt(x::dim).toArray()));
  }

  @Override
  public List<@Nullable Tensor> gradient(Node node, List<@Nullable Tensor> gradients) {
    Tensor dy = gradients.getFirst();
    if (dy == null) {
      return Collections.singletonList(null);
    }
    var inverse = new int[order.size()];
    for (int k = 0; k < inverse.length; k++) {
      inverse[order.get(k)] = k;
    }
    return List.of(Node.of(new Transpose(inverse), dy));
  }

  @Override
  public List<Values> reference(List<Values> inputs) {
    Values x = inputs.getFirst();
    Shape y = shapes(List.of(x.shape())).getFirst();
    int[] strides = x.shape().strides();
    return List.of(
        Strided.copy(x.data(), 0, order.stream().mapToInt(axis -> strides[axis]).toArray(), y));
  }

  @Override
  public Cost cost(List<Shape> inputs, List<Shape> outputs) {
    return Cost.streaming(0, inputs, outputs);
  }

  /**
   * @throws ShapeException if more than five groups of axes move independently
   */
  @Override
  public Contract contract(List<Shape> inputs, List<Shape> outputs) {
    Shape x = inputs.getFirst();
    int[] strides = x.strides();
    var extents = new ArrayList<Integer>();
    var steps = new ArrayList<Integer>();
    for (int axis : order) {
      if (x.dim(axis) == 1) {
        continue;
      }
      int last = steps.size() - 1;
      if (last >= 0 && steps.get(last) == strides[axis] * x.dim(axis)) {
        extents.set(last, extents.get(last) * x.dim(axis));
        steps.set(last, strides[axis]);
      } else {
        extents.add(x.dim(axis));
        steps.add(strides[axis]);
      }
    }
    ShapeException.check(
        extents.size() <= KERNEL_RANK,
        "%s moves %d groups of axes of %s and kernels move %d: transpose in two steps",
        describe(),
        extents.size(),
        x,
        KERNEL_RANK);
    while (extents.size() < KERNEL_RANK) {
      extents.addFirst(1);
      steps.addFirst(0);
    }
    Contract.Builder contract = Contract.of(name());
    for (int k = 0; k < KERNEL_RANK; k++) {
      contract.dim("D" + k, extents.get(k));
    }
    for (int k = 0; k < KERNEL_RANK; k++) {
      contract.dim("E" + k, steps.get(k));
    }
    return contract.input("x", x.size()).output("y", x.size()).build();
  }

  static List<Sample> samples() {
    return List.of(
        Sample.of(new Transpose(1, 0), Sample.normal(1, 7)),
        Sample.of(new Transpose(1, 0), Sample.normal(5, 3)),
        Sample.of(new Transpose(1, 0), Sample.normal(100, 33)),
        Sample.of(new Transpose(1, 0), Sample.normal(128, 784)),
        Sample.of(new Transpose(0, 2, 1), Sample.normal(3, 16, 48)),
        Sample.of(new Transpose(2, 0, 1), Sample.normal(4, 5, 6)),
        Sample.of(new Transpose(0, 3, 1, 2), Sample.normal(2, 7, 5, 3)),
        Sample.of(new Transpose(4, 2, 0, 3, 1), Sample.normal(2, 3, 4, 2, 3)),
        // Wide enough for kernels that go in tiles, with a dimension between the two that change
        // places.
        Sample.of(new Transpose(0, 3, 2, 1), Sample.normal(2, 33, 3, 20)));
  }
}
