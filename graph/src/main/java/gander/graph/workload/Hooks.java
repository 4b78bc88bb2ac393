// SPDX-License-Identifier: Apache-2.0
package gander.graph.workload;

import gander.graph.op.Broadcast;
import gander.graph.op.Contract;
import gander.graph.op.Fusion;
import gander.graph.op.Node;
import gander.graph.op.Op;
import gander.graph.op.Ops;
import gander.graph.op.Parameter;
import gander.graph.op.Reshape;
import gander.graph.op.Sample;
import gander.graph.op.Sample.Content;
import gander.graph.op.Sample.Given;
import gander.graph.op.Shape;
import gander.graph.op.Slice;
import gander.graph.op.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * An op with code fused into every hook of its kernels: reads of several kinds in front of each
 * hooked input, and behind the hooked output several results, one of which may be written over a
 * tensor that is read.
 *
 * <p>Numbers are small and whole or a few halvings away from it, so that wherever the core itself
 * is exact the whole is, and a lost or doubled element shows.
 */
final class Hooks {
  private final List<Tensor> parameters = new ArrayList<>();
  private final List<Given> givens = new ArrayList<>();

  /** A fusion with what its parameters are filled with. */
  record Hooked(Fusion fusion, List<Given> givens) {}

  /**
   * @param turn which kinds of reads and results are taken, so that neighbours in a problem list
   *     have different ones
   */
  static Hooked around(Sample sample, int turn) {
    return new Hooks().build(sample, turn);
  }

  private Hooked build(Sample sample, int turn) {
    Op op = sample.op();
    Node plain = new Node(op, sample.shapes().stream().map(Hooks::placeholder).toList());
    Contract contract = Objects.requireNonNull(op.contract(plain.inputShapes(), plain.shapes()));
    var operands = new ArrayList<Tensor>();
    for (int k = 0; k < sample.inputs().size(); k++) {
      Given given = sample.inputs().get(k);
      boolean hooked = contract.inputs().get(k).role() == Contract.Role.HOOKED;
      operands.add(hooked ? prologue(given.shape(), turn + k) : parameter(given));
    }
    var core = new Node(op, operands);
    var results = new ArrayList<>(epilogue(core.output(0), turn));
    IntStream.range(1, core.outputs()).mapToObj(core::output).forEach(results::add);
    return new Hooked(new Fusion(core, parameters, results), givens);
  }

  private static Tensor placeholder(Shape shape) {
    return Node.of(new Parameter(0, shape));
  }

  private Tensor parameter(Given given) {
    Tensor parameter = Node.of(new Parameter(parameters.size(), given.shape()));
    parameters.add(parameter);
    givens.add(given);
    return parameter;
  }

  private Tensor whole(Shape shape) {
    return parameter(new Given(shape, Content.TIES));
  }

  private Tensor prologue(Shape shape, int turn) {
    return switch (turn % 3) {
      case 0 -> Ops.add(Ops.mul(whole(shape), whole(shape)), along(shape, shape.rank() - 1));
      case 1 -> Ops.sub(sliced(shape), along(shape, 0));
      default -> Ops.mul(reshaped(shape), Ops.add(single(shape), 1));
    };
  }

  private List<Tensor> epilogue(Tensor y, int turn) {
    Shape shape = y.shape();
    Tensor row = along(shape, shape.rank() - 1);
    return switch (turn % 3) {
      case 0 ->
          List.of(Ops.leakyRelu(Ops.add(y, row), 0.25), Ops.sub(whole(shape), Ops.mul(y, 0.5)));
      case 1 -> List.of(y, Ops.mul(y, along(shape, 0)));
      default -> List.of(Ops.add(Ops.max(y, row), reshaped(shape)));
    };
  }

  /** One number for each index of an axis, repeated along the others. */
  private Tensor along(Shape shape, int axis) {
    int[] dims = IntStream.range(0, shape.rank()).map(a -> a == axis ? shape.dim(a) : 1).toArray();
    return Node.of(new Broadcast(shape), whole(Shape.of(dims)));
  }

  /** One number for all elements. */
  private Tensor single(Shape shape) {
    int[] dims = IntStream.range(0, shape.rank()).map(axis -> 1).toArray();
    return Node.of(new Broadcast(shape), whole(Shape.of(dims)));
  }

  /** The middle of a larger tensor. */
  private Tensor sliced(Shape shape) {
    int axis = shape.rank() - 1;
    Tensor larger = whole(shape.with(axis, shape.dim(axis) + 3));
    return Node.of(new Slice(axis, 2, shape.dim(axis)), larger);
  }

  /** The same elements from a tensor with another axis of extent 1. */
  private Tensor reshaped(Shape shape) {
    return Node.of(new Reshape(shape), whole(shape.padded(shape.rank() + 1)));
  }
}
