// SPDX-License-Identifier: Apache-2.0
package gander.graph;

import static gander.graph.op.Ops.abs;
import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.mul;

import gander.graph.op.Evaluation;
import gander.graph.op.Expr;
import gander.graph.op.Gradients;
import gander.graph.op.Input;
import gander.graph.op.Node;
import gander.graph.op.Ops;
import gander.graph.op.Pointwise;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Values;
import gander.graph.op.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Random graphs of every op, with values for their inputs and variables: the same for the same seed
 * and size. A graph of half the size begins with the same nodes, which is how a failure is made
 * smaller.
 *
 * <p>Every tensor is evaluated as it is made; one that is not finite or is large is not used, so
 * that what is left can be compared in single precision.
 */
public final class RandomGraphs {
  /** Elements of a tensor at most: enough for vectors, tails and rows, and quick to evaluate. */
  private static final int MAX_SIZE = 3000;

  private static final double MAX_VALUE = 300;

  private final String prefix;
  private final SplittableRandom random;
  private final RandomOps ops;
  private final int[] extents;
  private final List<Tensor> pool = new ArrayList<>();
  private final Map<Tensor, Values> values = new HashMap<>();
  private final Map<Variable, double[]> variables = new LinkedHashMap<>();
  private final Map<String, double[]> inputs = new LinkedHashMap<>();
  private final List<Tensor> leaves = new ArrayList<>();
  private final Variable step;

  private RandomGraphs(long seed, String prefix) {
    this.prefix = prefix;
    this.random = new SplittableRandom(seed);
    this.ops = new RandomOps(this, random);
    int[] all = {1, 2, 3, 4, 5, 7, 16, 17, 33, 40};
    extents = random.ints(3, 0, all.length).map(i -> all[i]).toArray();
    step = new Variable(prefix + "step", Shape.SCALAR);
    variable(step, new double[] {random.nextInt(1000)});
    leaves.clear();
    pool.clear();
  }

  /** A graph with something to run it on. */
  public record Case(
      long seed,
      int size,
      Graph graph,
      Map<String, double[]> inputs,
      Map<Variable, double[]> variables) {
    @Override
    public String toString() {
      return "seed %d, size %d:%n%s".formatted(seed, size, GraphText.of(graph));
    }
  }

  /**
   * @param size how many tensors are made before outputs, gradients and assignments are chosen
   */
  public static Case of(long seed, int size) {
    var graphs = new RandomGraphs(seed, "v%d.%d/".formatted(seed, size));
    graphs.grow(size);
    Graph graph = new RandomRoots(graphs, new SplittableRandom(seed + 1)).graph();
    return new Case(seed, size, graph, graphs.inputs, graphs.variables);
  }

  private void grow(int size) {
    for (int i = 0; i < 3; i++) {
      leaf(shape());
    }
    Shape twice = shape();
    variable(twice);
    variable(twice);
    int target = pool.size() + size;
    for (int attempt = 0; pool.size() < target && attempt < 30 * size; attempt++) {
      ops.next().forEach(this::keep);
    }
  }

  // Tensors that there are

  List<Tensor> pool() {
    return pool;
  }

  /** Inputs and variables: what gradients are taken with respect to. */
  List<Tensor> leaves() {
    return leaves;
  }

  Map<Variable, double[]> variables() {
    return variables;
  }

  Tensor step() {
    return step.read();
  }

  /** Counts runs; what draws and optimizers depend on. */
  Variable stepVariable() {
    return step;
  }

  /** One that is there, rather a late one. */
  Tensor pick() {
    return pool.get(Math.max(random.nextInt(pool.size()), random.nextInt(pool.size())));
  }

  /** A late one of some shapes; null if there is none. */
  @Nullable Tensor pick(Predicate<Shape> wanted) {
    List<Tensor> found = pool.stream().filter(t -> wanted.test(t.shape())).toList();
    return found.isEmpty()
        ? null
        : found.get(Math.max(random.nextInt(found.size()), random.nextInt(found.size())));
  }

  /** Takes a tensor in if its values can be compared; says whether it did. */
  boolean keep(Tensor tensor) {
    if (tensor.shape().size() > MAX_SIZE || values.containsKey(tensor)) {
      return false;
    }
    Values value = value(tensor);
    if (Arrays.stream(value.data()).anyMatch(x -> !(Math.abs(x) <= MAX_VALUE))) {
      return false;
    }
    values.put(tensor, value);
    pool.add(tensor);
    return true;
  }

  Values value(Tensor tensor) {
    return Evaluation.of(List.of(tensor), values).getFirst();
  }

  // Leaves

  /** Extents from a few, so that many tensors broadcast to each other. */
  Shape shape() {
    int rank = random.nextInt(5);
    int first = random.nextInt(3);
    var dims = new int[Math.min(rank, 3)];
    for (int axis = 0; axis < dims.length; axis++) {
      dims[axis] = random.nextInt(4) == 0 ? 1 : extents[(first + axis) % 3];
    }
    Shape shape = Shape.of(dims);
    return shape.size() > MAX_SIZE ? Shape.of(extents[0]) : shape;
  }

  /** An input or a variable of normals; one in four holds small whole numbers, ties and zeros. */
  Tensor leaf(Shape shape) {
    if (random.nextInt(3) == 0) {
      return variable(shape);
    }
    boolean whole = random.nextInt(4) == 0;
    return input(shape, random.doubles(shape.size()).map(x -> draw(whole)).toArray());
  }

  private double draw(boolean whole) {
    return whole ? random.nextInt(-2, 3) : (float) random.nextGaussian();
  }

  Tensor input(Shape shape, double[] data) {
    String name = "x" + inputs.size();
    Tensor tensor = Node.of(new Input(name, shape));
    inputs.put(name, data);
    return keepLeaf(tensor, data);
  }

  /** A variable of normals. */
  Tensor variable(Shape shape) {
    var variable = new Variable(prefix + variables.size(), shape);
    return variable(variable, random.doubles(shape.size()).map(x -> draw(false)).toArray());
  }

  /** A variable that no op takes, for an optimizer's state. */
  Variable state(Shape shape) {
    var variable = new Variable(prefix + variables.size(), shape);
    variables.put(variable, random.doubles(shape.size()).map(x -> (float) (0.1 + x)).toArray());
    values.put(variable.read(), new Values(shape, variables.get(variable)));
    return variable;
  }

  private Tensor variable(Variable variable, double[] data) {
    variables.put(variable, data);
    return keepLeaf(variable.read(), data);
  }

  private Tensor keepLeaf(Tensor tensor, double[] data) {
    values.put(tensor, new Values(tensor.shape(), data));
    pool.add(tensor);
    leaves.add(tensor);
    return tensor;
  }

  // What both the ops and the roots are made with

  /** A random function of up to three tensors of one shape, which no single op gives. */
  Tensor formula(Tensor... tensors) {
    Expr e = Expr.arg(0);
    for (int k = 1; k < tensors.length; k++) {
      Expr other = Expr.arg(k);
      e =
          switch (random.nextInt(4)) {
            case 0 -> Expr.add(e, Expr.mul(Expr.constant(0.5), other));
            case 1 -> Expr.mul(e, Expr.unary(gander.graph.op.Unary.TANH, other));
            case 2 -> Expr.select(Expr.binary(gander.graph.op.Binary.GT, e, other), other, e);
            default -> Expr.sub(other, e);
          };
    }
    return Pointwise.compact(e, List.of(tensors));
  }

  /** At least 1/4, for functions that need positive numbers. */
  static Tensor positive(Tensor x) {
    return add(abs(x), 0.25);
  }

  /** Weighted so that no element's share of the sum equals another's. */
  Tensor scalar(Tensor x) {
    Tensor weights = add(mul(Ops.iota(x.shape().size()), 1.0 / x.shape().size()), 0.5);
    return Ops.mean(mul(x, Ops.reshape(weights, x.shape())));
  }

  /** Gradients of a scalar that are fit to use; empty if one of them is not. */
  List<Tensor> gradients(Tensor loss, List<Tensor> with) {
    List<Tensor> gradients = Gradients.of(loss, with);
    boolean fit =
        gradients.stream()
            .flatMap(g -> Stream.of(value(g)))
            .allMatch(v -> Arrays.stream(v.data()).allMatch(x -> Math.abs(x) <= MAX_VALUE));
    return fit ? gradients : List.of();
  }
}
