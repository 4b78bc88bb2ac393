// SPDX-License-Identifier: Apache-2.0
package gander.graph.pass;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.input;
import static gander.graph.op.Ops.mul;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Assignment;
import gander.graph.Graph;
import gander.graph.GraphValues;
import gander.graph.RandomGraphs;
import gander.graph.op.BatchNorm;
import gander.graph.op.BatchNormGradient;
import gander.graph.op.Concat;
import gander.graph.op.Constant;
import gander.graph.op.Conv2dFilter;
import gander.graph.op.Conv2dInput;
import gander.graph.op.Convolution;
import gander.graph.op.Expr;
import gander.graph.op.Gradients;
import gander.graph.op.Input;
import gander.graph.op.MatMul;
import gander.graph.op.Node;
import gander.graph.op.Ops;
import gander.graph.op.Pointwise;
import gander.graph.op.Reduce;
import gander.graph.op.Reshape;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.graph.op.Window;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SimplifyTest {
  private final Tensor x = input("x", Shape.of(3, 4));
  private final Tensor y = input("y", Shape.of(3, 4));

  private static Graph graph(Tensor... outputs) {
    var named = new LinkedHashMap<String, Tensor>();
    for (Tensor output : outputs) {
      named.put("y" + named.size(), output);
    }
    return Graph.of(named);
  }

  /** What becomes of a tensor. */
  private static Tensor simple(Tensor tensor) {
    return Simplify.apply(graph(tensor)).roots().getFirst();
  }

  private static long count(Graph graph, Class<?> op) {
    return graph.nodes().stream().filter(node -> op.isInstance(node.op())).count();
  }

  /** Nodes that do something: a convolution that is a matrix product has its operands reshaped. */
  private static long computing(Graph graph) {
    return graph.nodes().size() - count(graph, Reshape.class);
  }

  @Test
  void keepsTheMeaningOfRandomGraphs() {
    for (long seed = 0; seed < 150; seed++) {
      RandomGraphs.Case random = RandomGraphs.of(seed, 5 + (int) (seed % 20));
      Graph simple = Simplify.apply(random.graph());
      GraphValues.assertClose(
          GraphValues.of(random),
          GraphValues.of(simple, random.inputs(), random.variables()),
          1e-9,
          random::toString);
      assertTrue(computing(simple) <= computing(random.graph()), random::toString);
      assertEquals(simple.nodes(), Simplify.apply(simple).nodes(), "not done at once: " + random);
    }
  }

  @Test
  void removesWhatComputesNothing() {
    assertSame(x.producer(), simple(add(x, 0)).producer());
    assertSame(x.producer(), simple(mul(x, 1)).producer());
    assertSame(x.producer(), simple(Pointwise.of(Expr.arg(0), x)).producer());
    assertSame(x.producer(), simple(Ops.stopGradient(x)).producer());
    assertSame(x.producer(), simple(Ops.pad(x, 1, 0, 0)).producer());
    assertSame(x.producer(), simple(Node.of(new Concat(0), x)).producer());
    assertSame(x.producer(), simple(Node.of(new Reshape(x.shape()), x)).producer());
    assertSame(x.producer(), simple(Ops.transpose(Ops.transpose(x, 1, 0), 1, 0)).producer());
    assertSame(x.producer(), simple(Ops.slice(Ops.concat(1, y, x), 1, 4, 4)).producer());
    Tensor flat = Ops.reshape(x, Shape.of(12));
    assertSame(x.producer(), simple(Ops.reshape(flat, x.shape())).producer());
  }

  @Test
  void foldsConstants() {
    Tensor two = Ops.constant(2, Shape.of(3, 4));
    Tensor sum = Ops.sum(Ops.broadcast(mul(two, 3), Shape.of(2, 3, 4)), 0, 1);
    assertEquals(new Constant(36, Shape.of(1, 1, 4)), simple(sum).op());
    assertEquals(new Constant(6, Shape.of(3, 4)), simple(Ops.maxOver(mul(two, 3))).op());
    Tensor product = simple(mul(x, two));
    assertEquals(List.of(x), product.producer().inputs());
    assertEquals(
        new Pointwise(Expr.mul(Expr.arg(0), Expr.constant(2)), 1), product.op(), "as a literal");
    assertEquals(new Constant(0, Shape.of(3, 4)), simple(mul(x, Ops.constant(0, x.shape()))).op());
  }

  @Test
  void takesAnInputGivenTwiceOnce() {
    Tensor square = simple(mul(x, x));
    assertEquals(List.of(x), square.producer().inputs());
    assertEquals(new Pointwise(Expr.mul(Expr.arg(0), Expr.arg(0)), 1), square.op());
  }

  @Test
  void sharesEqualNodes() {
    Tensor a = Ops.matmul(x, false, y, true);
    Tensor b = Ops.matmul(x, false, input("y", Shape.of(3, 4)), true);
    Graph simple = Simplify.apply(graph(Ops.tanh(a), Ops.tanh(b), Ops.exp(a)));
    assertEquals(1, count(simple, MatMul.class));
    assertEquals(2, count(simple, Input.class));
    assertEquals(2, count(simple, Pointwise.class));
    assertSame(simple.roots().get(0).producer(), simple.roots().get(1).producer());
  }

  @Test
  void sharesEqualNodesThatRulesMake() {
    Tensor a = Ops.matmul(Ops.transpose(x, 1, 0), y);
    Tensor b = Ops.matmul(x, true, y, false);
    assertEquals(1, count(Simplify.apply(graph(a, b)), MatMul.class));
  }

  @Test
  void readsTransposedOperandsAsStored() {
    Tensor product =
        simple(Ops.matmul(Ops.transpose(x, 1, 0), false, Ops.transpose(y, 1, 0), true));
    assertEquals(new MatMul(true, false), product.op());
    assertEquals(List.of(x, y), product.producer().inputs());
    Tensor swapped = Ops.transpose(input("batch", Shape.of(2, 3, 3)), 0, 2, 1);
    assertEquals(new MatMul(true, true), simple(Ops.matmul(swapped, false, swapped, false)).op());
  }

  @Test
  void reshapesWhereATransposeMovesNothing() {
    Tensor row = input("row", Shape.of(1, 4, 1));
    assertEquals(new Reshape(Shape.of(4, 1, 1)), simple(Ops.transpose(row, 1, 2, 0)).op());
  }

  @Test
  void dropsReductionsOverNothing() {
    Tensor column = input("column", Shape.of(3, 1));
    assertSame(column.producer(), simple(Ops.sum(column, 1)).producer());
    assertEquals(0, count(Simplify.apply(graph(Ops.maxOver(column, 1))), Reduce.class));
  }

  @Test
  void dropsABiasInFrontOfABatchNorm() {
    Tensor bias = input("bias", Shape.of(4));
    Tensor gamma = input("gamma", Shape.of(4));
    Tensor beta = input("beta", Shape.of(4));
    Tensor weights = input("weights", Shape.of(3, 4));
    Node norm = new Node(new BatchNorm(0.1), List.of(add(x, bias), gamma, beta));
    List<Tensor> gradients =
        Gradients.of(Ops.sum(mul(norm.output(0), weights), 0, 1), List.of(bias, gamma, x));
    Graph before =
        graph(norm.output(0), norm.output(1), norm.output(2), gradients.get(0), gradients.get(2));
    Graph after = Simplify.apply(before);
    List<Tensor> roots = after.roots();
    assertEquals(x, roots.get(0).producer().input(0));
    assertEquals(new Constant(0, Shape.of(4)), roots.get(3).op());
    assertEquals(x, roots.get(4).producer().input(0));
    GraphValues.assertClose(
        GraphValues.of(before, numbers(before), Map.of()),
        GraphValues.of(after, numbers(before), Map.of()),
        1e-9,
        after::toString);
  }

  @Test
  void keepsOtherSumsInFrontOfABatchNorm() {
    Tensor gamma = input("gamma", Shape.of(4));
    Tensor norm = new Node(new BatchNorm(0.1), List.of(add(x, y), gamma, gamma)).output(0);
    assertTrue(simple(norm).producer().input(0).op() instanceof Pointwise, "a tensor added");
    Tensor column = add(x, input("column", Shape.of(3, 1)));
    Tensor other = new Node(new BatchNorm(0.1), List.of(column, gamma, gamma)).output(0);
    assertTrue(simple(other).producer().input(0).op() instanceof Pointwise, "a number a row");
    Tensor ofGivenMean =
        new Node(new BatchNormGradient(0.1), List.of(x, gamma, gamma, gamma, y)).output(0);
    assertTrue(simple(Ops.sum(ofGivenMean, 0)).op() instanceof Reduce, "of another mean");
    Tensor dx = Gradients.of(Ops.sum(mul(norm, y), 0, 1), List.of(x)).getFirst();
    assertTrue(simple(Ops.sum(dx, 1)).op() instanceof Reduce, "over the channels alone");
  }

  // Convolutions that are matrix products

  /** The three convolutions of images of h x w pixels and filters of r x s. */
  private static List<Tensor> convolutions(
      int h, int w, int c, int k, int r, int s, Window window) {
    Tensor image = input("image", Shape.of(2, h, w, c));
    Tensor filters = input("filters", Shape.of(r, s, c / window.groups(), k));
    Tensor forward = Ops.conv2d(image, filters, window);
    Tensor result = input("result", forward.shape());
    return List.of(
        forward,
        Node.of(new Conv2dInput(window, h, w), result, filters),
        Node.of(new Conv2dFilter(window, r, s), image, result));
  }

  private static Map<String, double[]> numbers(Graph graph) {
    var random = new SplittableRandom(5);
    var numbers = new LinkedHashMap<String, double[]>();
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Input input) {
        numbers.put(input.key(), random.doubles(input.shape().size(), -1, 1).toArray());
      }
    }
    return numbers;
  }

  @Test
  void multipliesMatricesWhereAConvolutionIsThat() {
    List.of(
            // 1x1 filters.
            convolutions(3, 4, 5, 6, 1, 1, Window.of(1, 0)),
            convolutions(1, 1, 3, 2, 1, 1, Window.of(1, 0)),
            convolutions(3, 4, 1, 1, 1, 1, Window.of(1, 0).dilated(2)),
            // Filters of the image's size; nothing is left to stride over.
            convolutions(4, 4, 3, 5, 4, 4, Window.of(1, 0)),
            convolutions(4, 3, 3, 1, 4, 3, Window.of(2, 0)),
            convolutions(1, 3, 2, 5, 1, 3, new Window(2, 2, 0, 0, 3, 1, 1)))
        .forEach(convolutions -> {
          for (Tensor convolution : convolutions) {
            Graph graph = graph(convolution);
            Graph simple = Simplify.apply(graph);
            assertEquals(0, count(simple, Convolution.class), convolution::describe);
            assertEquals(1, count(simple, MatMul.class), convolution::describe);
            assertEquals(convolution.shape(), simple.roots().getFirst().shape());
            GraphValues.assertClose(
                GraphValues.of(graph, numbers(graph), Map.of()),
                GraphValues.of(simple, numbers(graph), Map.of()),
                1e-14,
                convolution::describe);
          }
        });
  }

  @Test
  void keepsOtherConvolutions() {
    List.of(
            convolutions(3, 4, 4, 6, 1, 1, Window.of(1, 1)),
            convolutions(3, 4, 4, 6, 1, 1, new Window(1, 1, 0, 1, 1, 1, 1)),
            convolutions(3, 4, 4, 6, 1, 1, Window.of(2, 0)),
            convolutions(3, 4, 4, 6, 1, 1, new Window(1, 2, 0, 0, 1, 1, 1)),
            convolutions(3, 4, 4, 6, 1, 1, Window.of(1, 0).grouped(2)),
            convolutions(3, 4, 4, 6, 3, 4, Window.of(1, 1)),
            convolutions(3, 4, 4, 6, 3, 4, Window.of(1, 0).grouped(2)),
            convolutions(3, 4, 4, 6, 3, 3, Window.of(1, 0)),
            convolutions(3, 4, 4, 6, 2, 2, new Window(1, 1, 0, 0, 2, 3, 1)))
        .forEach(convolutions -> {
          for (Tensor convolution : convolutions) {
            assertSame(
                convolution.producer(), simple(convolution).producer(), convolution::describe);
          }
        });
  }

  @Test
  void keepsAssignmentsAndNames() {
    var variable = new Variable("v", Shape.of(3, 4));
    var graph =
        new Graph(
            Map.of("out", Ops.stopGradient(x)),
            List.of(new Assignment(variable, add(variable.read(), 0))));
    Graph simple = Simplify.apply(graph);
    assertEquals(Map.of("out", x), simple.outputs());
    assertEquals(List.of(new Assignment(variable, variable.read())), simple.assignments());
  }
}
