// SPDX-License-Identifier: Apache-2.0
package gander.graph.pass;

import static gander.graph.op.Ops.add;
import static gander.graph.op.Ops.input;
import static gander.graph.op.Ops.mul;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Graph;
import gander.graph.GraphValues;
import gander.graph.RandomGraphs;
import gander.graph.op.BatchNorm;
import gander.graph.op.BatchNormGradient;
import gander.graph.op.Fusion;
import gander.graph.op.Input;
import gander.graph.op.MatMul;
import gander.graph.op.Node;
import gander.graph.op.Ops;
import gander.graph.op.Parameter;
import gander.graph.op.Pointwise;
import gander.graph.op.Read;
import gander.graph.op.Reduce;
import gander.graph.op.Reshape;
import gander.graph.op.Rewrite;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class FuseTest {
  private final Tensor x = input("x", Shape.of(8, 5));
  private final Tensor w = input("w", Shape.of(5, 3));
  private final Tensor b = input("b", Shape.of(3));

  private static boolean hooks(Node node) {
    return switch (node.op()) {
      case MatMul matmul -> true;
      case Reduce reduce -> true;
      case BatchNorm norm -> true;
      case BatchNormGradient gradient -> true;
      default -> false;
    };
  }

  private static List<Node> fused(Tensor... outputs) {
    var named = new LinkedHashMap<String, Tensor>();
    for (Tensor output : outputs) {
      named.put("y" + named.size(), output);
    }
    return fused(Simplify.apply(Graph.of(named)), FuseTest::hooks);
  }

  /** The kernels of a graph, in order. */
  private static List<Node> fused(Graph graph, Predicate<Node> hooks) {
    return Fuse.apply(graph, hooks).nodes().stream()
        .filter(node -> node.op() instanceof Fusion)
        .toList();
  }

  private static Fusion fusion(Node node) {
    return (Fusion) node.op();
  }

  private static Class<?> core(Node node) {
    Node core = fusion(node).core();
    return core == null ? Pointwise.class : core.op().getClass();
  }

  private static long maps(Node node) {
    return Rewrite.nodes(fusion(node).results()).stream()
        .filter(inner -> inner.op() instanceof Pointwise)
        .count();
  }

  private static List<Class<?>> cores(List<Node> kernels) {
    return new ArrayList<>(kernels.stream().<Class<?>>map(FuseTest::core).toList());
  }

  @Test
  void keepsTheMeaningOfRandomGraphs() {
    for (long seed = 0; seed < 150; seed++) {
      RandomGraphs.Case random = RandomGraphs.of(seed, 5 + (int) (seed % 20));
      Graph expanded = Expand.apply(Simplify.apply(random.graph()), g -> FuseTest::hooks);
      boolean apart = seed % 5 == 0;
      Graph fused =
          apart ? Fuse.alone(expanded) : Fuse.apply(Simplify.apply(expanded), FuseTest::hooks);
      GraphValues.assertClose(
          GraphValues.of(random),
          GraphValues.of(fused, random.inputs(), random.variables()),
          1e-9,
          random::toString);
      fused.nodes().forEach(node -> checkForm(node, random));
    }
  }

  /** A fused graph is memory, other shapes of it, and fusions with at most one core each. */
  private static void checkForm(Node node, RandomGraphs.Case random) {
    switch (node.op()) {
      case Fusion fusion -> {
        for (Node inner : Rewrite.nodes(fusion.results())) {
          boolean allowed =
              switch (inner.op()) {
                case Parameter parameter -> true;
                case Pointwise map -> true;
                default -> Materialize.isWayToRead(inner) || isSameElements(inner);
              };
          assertTrue(allowed || inner == fusion.core(), () -> inner + " in " + random);
        }
        // 32, and operands of a core that maps read too
        assertTrue(fusion.parameters().size() <= 32 + 5, random::toString);
      }
      case Input input -> {}
      case Read read -> {}
      case Reshape reshape -> {}
      default -> throw new AssertionError(node + " is left of " + random);
    }
  }

  private static boolean isSameElements(Node node) {
    return node.op() instanceof Reshape reshape
        && (node.input(0).shape().sameProper(reshape.shape())
            || node.input(0).op() instanceof Parameter);
  }

  // Epilogues

  @Test
  void putsBiasAndActivationBehindAMatrixProduct() {
    List<Node> kernels = fused(Ops.leakyRelu(add(Ops.matmul(x, w), b), 0.2));
    assertEquals(List.of(MatMul.class), cores(kernels));
    assertEquals(2, maps(kernels.getFirst()));
    assertEquals(1, kernels.getFirst().outputs());
    assertEquals(List.of(x, w), kernels.getFirst().inputs().subList(0, 2));
    assertEquals(b, kernels.getFirst().input(2).producer().input(0));
  }

  @Test
  void keepsWhatOthersNeedOfAnEpilogue() {
    Tensor product = Ops.matmul(x, w);
    Tensor y = Ops.tanh(product);
    Tensor z = Ops.matmul(y, false, w, true);
    List<Node> kernels = fused(z, product);
    assertEquals(List.of(MatMul.class, MatMul.class), cores(kernels));
    assertEquals(2, kernels.getFirst().outputs(), "the product and its tanh");
  }

  @Test
  void putsTwoMapsOfOneSpaceTogether() {
    List<Node> kernels = fused(Ops.tanh(x), Ops.exp(Ops.tanh(x)), mul(Ops.tanh(x), 3));
    assertEquals(List.of(Pointwise.class), cores(kernels));
    assertEquals(3, kernels.getFirst().outputs());
    kernels = fused(mul(Ops.exp(Ops.tanh(x)), mul(Ops.tanh(x), 3)));
    assertEquals(List.of(Pointwise.class), cores(kernels));
    assertEquals(4, maps(kernels.getFirst()));
  }

  @Test
  void joinsAcrossAxesOfOne() {
    Tensor column = Ops.reshape(Ops.sum(x, 1), Shape.of(8));
    List<Node> kernels = fused(add(Ops.sqrt(Ops.square(column)), 1));
    assertEquals(List.of(Reduce.class), cores(kernels));
  }

  @Test
  void givesACoreOneEpilogueOnly() {
    Tensor both = add(Ops.matmul(x, w), Ops.matmul(Ops.neg(x), w));
    List<Node> kernels = fused(both);
    assertEquals(List.of(MatMul.class, MatMul.class), cores(kernels));
    assertEquals(2, kernels.stream().mapToLong(FuseTest::maps).sum());
  }

  // Prologues

  @Test
  void putsTheMapsOfALossIntoItsReduction() {
    Tensor scores = input("d", Shape.of(8, 1));
    List<Node> kernels = fused(Ops.mean(Ops.softplus(Ops.neg(scores))));
    assertEquals(List.of(Reduce.class), cores(kernels));
    assertEquals(3, maps(kernels.getFirst()), "two before, the division behind");
  }

  @Test
  void leavesMapsThatOthersNeedBeforeAReduction() {
    Tensor y = Ops.tanh(x);
    List<Node> kernels = fused(Ops.sum(y, 0), Ops.sum(y, 1));
    assertEquals(List.of(Pointwise.class, Reduce.class, Reduce.class), cores(kernels));
    assertEquals(List.of(Pointwise.class, Reduce.class), cores(fused(Ops.sum(y, 0), y)));
  }

  @Test
  void leavesAnOperandThatIsReadTwice() {
    Tensor square = Ops.tanh(input("s", Shape.of(5, 5)));
    assertEquals(List.of(Pointwise.class, MatMul.class), cores(fused(Ops.matmul(square, square))));
  }

  @Test
  void copiesBroadcastsThatAKernelTakesIntoItsPrologue() {
    Tensor rows = Ops.broadcast(b, Shape.of(8, 3));
    List<Node> kernels = fused(Ops.matmul(rows, false, w, true));
    assertEquals(List.of(MatMul.class), cores(kernels));
    assertEquals(1, maps(kernels.getFirst()));
  }

  @Test
  void fusesNothingIntoKernelsWithoutHooks() {
    var graph = Graph.of(java.util.Map.of("y", Ops.tanh(Ops.matmul(Ops.exp(x), w))));
    List<Node> kernels = fused(graph, node -> false);
    assertEquals(List.of(Pointwise.class, MatMul.class, Pointwise.class), cores(kernels));
  }

  // Joins that must not be

  @Test
  void makesNoCycleThroughAReduction() {
    Tensor y = Ops.exp(x);
    Tensor share = Ops.div(y, Ops.sum(y, 1));
    List<Node> kernels = fused(share);
    assertEquals(List.of(Pointwise.class, Reduce.class, Pointwise.class), cores(kernels));
  }

  @Test
  void waitsForValuesAtOtherPoints() {
    var parameters = List.of(x, input("gamma", Shape.of(5)), input("beta", Shape.of(5)));
    var norm = new Node(new BatchNorm(0.1), parameters);
    List<Node> kernels = fused(Ops.sub(norm.output(0), norm.output(1)));
    assertEquals(List.of(BatchNorm.class, Pointwise.class), cores(kernels));
    Tensor column = Ops.sum(x, 1);
    Tensor first = Ops.slice(Ops.broadcast(column, Shape.of(8, 2)), 0, 3, 1);
    Tensor other = Ops.reshape(Ops.slice(first, 1, 0, 1), Shape.of(1, 1));
    kernels = fused(Ops.sub(column, other));
    assertEquals(List.of(Reduce.class, Pointwise.class), cores(kernels));
  }

  @Test
  void leavesPlainOperandsInMemory() {
    Tensor row = input("row", Shape.of(1, 5));
    Tensor gamma = Ops.exp(input("gamma", Shape.of(5)));
    var norm = new Node(new BatchNorm(0.1), List.of(row, gamma, input("beta", Shape.of(5))));
    List<Node> kernels = fused(add(norm.output(0), gamma));
    assertEquals(List.of(Pointwise.class, BatchNorm.class), cores(kernels));
    assertTrue(maps(kernels.getLast()) == 1);
  }

  @Test
  void boundsTheParametersOfAKernel() {
    Tensor sum = x;
    for (int k = 0; k < 100; k++) {
      sum = add(sum, input("more" + k, Shape.of(8, 5)));
    }
    List<Node> kernels = fused(sum);
    assertTrue(kernels.size() >= 4 && kernels.size() <= 8, () -> kernels.size() + " kernels");
    for (Node kernel : kernels) {
      assertTrue(kernel.inputs().size() <= 32, () -> kernel.inputs().size() + " parameters");
    }
  }

  // Memory

  @Test
  void givesMemoryToWaysToReadThatAreOutputs() {
    Tensor slice = Ops.slice(x, 0, 2, 3);
    Tensor counted = Ops.reshape(Ops.iota(3), Shape.of(1, 3));
    Tensor repeated = Ops.reshape(Ops.broadcast(counted, Shape.of(2, 3)), Shape.of(2, 1, 3));
    List<Node> kernels = fused(slice, counted, repeated, Ops.constant(2, Shape.of(4)));
    assertEquals(4, kernels.size());
  }

  @Test
  void computesACoreAloneWhole() {
    var parameters = List.of(x, input("gamma", Shape.of(5)), input("beta", Shape.of(5)));
    var norm = new Node(new BatchNorm(0.1), parameters);
    Graph graph = Graph.of(java.util.Map.of("mean", norm.output(1)));
    Fusion fusion = fusion(fused(graph, node -> false).getFirst());
    assertEquals(3, fusion.results().size());
  }

  @Test
  void goesAsDeepAsAGraphGoes() {
    Tensor y = x;
    Tensor square = input("w", Shape.of(5, 5));
    for (int k = 0; k < 3000; k++) {
      y = Ops.matmul(y, square);
    }
    assertEquals(3000, fused(y).size());
  }
}
