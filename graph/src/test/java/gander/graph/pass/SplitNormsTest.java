// SPDX-License-Identifier: Apache-2.0
package gander.graph.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Graph;
import gander.graph.GraphValues;
import gander.graph.RandomGraphs;
import gander.graph.op.BatchNorm;
import gander.graph.op.BatchNormStatistics;
import gander.graph.op.Conv2d;
import gander.graph.op.ConvolutionStatistics;
import gander.graph.op.Fusion;
import gander.graph.op.Node;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Window;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SplitNormsTest {
  private static final Window NEAR = Window.of(1, 1);

  /** The norm of an image of some channels, activated. */
  private static Tensor active(int channels) {
    Tensor x = Ops.input("x", Shape.of(2, 6, 6, channels));
    Tensor gamma = Ops.input("gamma", Shape.of(channels));
    Tensor beta = Ops.input("beta", Shape.of(channels));
    return Ops.relu(new Node(new BatchNorm(0.1), List.of(x, gamma, beta)).output(0));
  }

  private static Tensor convolved(Tensor x, int taps) {
    Tensor w = Ops.input("w" + taps, Shape.of(taps, taps, x.shape().dim(3), 4));
    return Ops.conv2d(x, w, NEAR);
  }

  private static SplitNorms.Split split(Map<String, Tensor> outputs) {
    return SplitNorms.apply(Graph.of(outputs), node -> true, node -> true, node -> true);
  }

  private static void assertWhole(String reason, Map<String, Tensor> outputs) {
    SplitNorms.Split split = split(outputs);
    assertTrue(
        split.graph().nodes().stream().anyMatch(node -> node.op() instanceof BatchNorm), reason);
    String decision = split.decisions().getFirst();
    assertTrue(decision.contains("whole, ") && decision.contains(reason), decision);
  }

  @Test
  void theConvolutionThatReadsItNormalises() {
    SplitNorms.Split split = split(Map.of("y", convolved(active(16), 3)));
    assertEquals(
        List.of("batch_norm of [2,6,6,16]: applied by the convolution that reads it"),
        split.decisions());
    List<Node> kernels =
        Fuse.apply(Simplify.apply(split.graph()), node -> true).nodes().stream()
            .filter(node -> node.op() instanceof Fusion)
            .toList();
    // The statistics, the scale of each channel, and the convolution with all the rest.
    assertEquals(3, kernels.size(), kernels.toString());
    var last = (Fusion) kernels.getLast().op();
    assertTrue(last.core() != null && last.core().op() instanceof Conv2d, last.describe());
    for (Node kernel : kernels) {
      boolean large = kernel.allOutputs().stream().anyMatch(t -> t.shape().size() == 2 * 36 * 16);
      assertTrue(!large, () -> "the normalised image is in memory: " + kernel);
    }
  }

  @Test
  void theConvolutionInFrontSums() {
    Tensor x = Ops.input("x", Shape.of(2, 6, 6, 3));
    Tensor front = Ops.conv2d(x, Ops.input("w", Shape.of(3, 3, 3, 5)), NEAR);
    Tensor gamma = Ops.input("gamma", Shape.of(5));
    Node norm = new Node(new BatchNorm(0.1), List.of(front, gamma, gamma));
    Map<String, Tensor> outputs =
        Map.of("y", norm.output(0), "mean", norm.output(1), "var", norm.output(2), "x", front);
    SplitNorms.Split split = split(outputs);
    assertEquals(
        List.of(
            "batch_norm of [2,6,6,5]: statistics made by the convolution in front; "
                + "applied by a map, fewer channels than 16 are read one at a time"),
        split.decisions());
    List<Node> nodes = split.graph().nodes();
    assertTrue(nodes.stream().noneMatch(node -> node.op() instanceof BatchNorm), nodes.toString());
    assertTrue(nodes.stream().noneMatch(node -> node.op() instanceof Conv2d), nodes.toString());
    List<Node> summing =
        nodes.stream().filter(node -> node.op() instanceof ConvolutionStatistics).toList();
    assertEquals(1, summing.size(), nodes.toString());
    assertEquals(summing.getFirst().output(0), split.graph().outputs().get("x"));

    Graph alone = SplitNorms.apply(Graph.of(outputs), n -> true, n -> true, n -> false).graph();
    assertTrue(
        alone.nodes().stream().anyMatch(node -> node.op() instanceof BatchNorm),
        "a kernel that does not sum was asked to");
  }

  @Test
  void saysWhyANormStaysWhole() {
    assertWhole("fewer channels", Map.of("y", convolved(active(15), 3)));
    assertWhole("25 times", Map.of("y", convolved(active(16), 5)));
    Tensor shared = active(16);
    assertWhole("2 kernels", Map.of("a", convolved(shared, 3), "b", convolved(shared, 2)));
    assertWhole("kept", Map.of("a", convolved(shared, 3), "b", shared));
    assertWhole("reduce", Map.of("y", Ops.sum(shared, 0, 1, 2)));
    Graph graph = Graph.of(Map.of("y", convolved(shared, 3)));
    assertTrue(
        SplitNorms.apply(graph, node -> false, node -> true, node -> false)
            .decisions()
            .getFirst()
            .contains("no generated code"));
    assertTrue(
        SplitNorms.apply(graph, node -> true, node -> false, node -> false)
            .decisions()
            .getFirst()
            .contains("no kernel"));
  }

  @Test
  void keepsTheMeaningOfRandomGraphs() {
    int apart = 0;
    int summed = 0;
    for (long seed = 0; seed < 200; seed++) {
      RandomGraphs.Case random = RandomGraphs.of(seed, 12);
      Graph split =
          SplitNorms.apply(random.graph(), node -> true, node -> true, node -> true).graph();
      GraphValues.assertClose(
          GraphValues.of(random),
          GraphValues.of(split, random.inputs(), random.variables()),
          1e-9,
          random::toString);
      var ops = new HashMap<Class<?>, Integer>();
      split.nodes().forEach(node -> ops.merge(node.op().getClass(), 1, Integer::sum));
      apart += ops.getOrDefault(BatchNormStatistics.class, 0);
      summed += ops.getOrDefault(ConvolutionStatistics.class, 0);
    }
    assertTrue(apart > 0, "no graph had a norm to split");
    assertTrue(summed > 0, "no graph had a norm behind a convolution");
  }
}
