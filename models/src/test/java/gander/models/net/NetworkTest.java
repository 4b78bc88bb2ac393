// SPDX-License-Identifier: Apache-2.0
package gander.models.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.op.Evaluation;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Values;
import gander.graph.op.Variable;
import gander.models.Refusal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Layers give the shapes, numbers and first weights that they are defined by. */
class NetworkTest {
  private static Network network(Shape input, Layer... layers) {
    return new Network("n", input, List.of(layers));
  }

  /** The result for samples counted from 0, with weights that count from 1. */
  private static double[] run(Network network, int batch) {
    Tensor x = Ops.input("x", Network.batched(batch, network.input()));
    var step = new StepBuilder(0);
    Tensor y = network.apply(step, x, Network.Mode.OBSERVING);
    Map<Tensor, Values> bound = new HashMap<>();
    bound.put(x, counted(x.shape(), 0));
    network.parameters().forEach(v -> bound.put(step.value(v), counted(v.shape(), 1)));
    assertEquals(Network.batched(batch, network.output()), y.shape());
    return Evaluation.of(List.of(y), bound).getFirst().data();
  }

  private static Values counted(Shape shape, int from) {
    var data = new double[shape.size()];
    Arrays.setAll(data, i -> i + from);
    return new Values(shape, data);
  }

  @Test
  void anAveragePoolTakesMeansOfSquares() {
    // Rows of 4 pixels of 2 channels: a square holds pixels 0, 1, 4, 5, or twice these in numbers.
    double[] pooled = run(network(Shape.of(4, 4, 2), Layer.averagePool(2)), 1);
    assertArrayEquals(new double[] {5, 6, 9, 10, 21, 22, 25, 26}, pooled, 1e-12);
    double[] wide = run(network(Shape.of(2, 4, 1), Layer.averagePool(2)), 2);
    assertArrayEquals(new double[] {2.5, 4.5, 10.5, 12.5}, wide, 1e-12);
  }

  @Test
  void flatteningKeepsChannelsInnermost() {
    Network network = network(Shape.of(2, 2, 3), Layer.flatten(), Layer.reshape(3, 4));
    assertEquals(Shape.of(3, 4), network.output());
    assertArrayEquals(counted(Shape.of(24), 0).data(), run(network, 2));
  }

  /** A window of 2x2 without overlap: every pixel of the result sees four pixels. */
  @Test
  void aConvolutionHasItsBias() {
    Network network = network(Shape.of(2, 4, 1), new Layer.Conv(1, 2, 2, 0, true));
    // (0,1,4,5) and (2,3,6,7) with filter (1,2,3,4), and the bias 1.
    assertArrayEquals(new double[] {0 + 2 + 12 + 20 + 1, 2 + 6 + 18 + 28 + 1}, run(network, 1));
    Network without = network(Shape.of(2, 4, 1), new Layer.Conv(1, 2, 2, 0, false));
    assertArrayEquals(new double[] {34, 54}, run(without, 1));
  }

  @Test
  void aTransposedConvolutionTurnsItRound() {
    Network network = network(Shape.of(1, 2, 1), new Layer.ConvTranspose(1, 2, 2, 0, true));
    assertEquals(Shape.of(2, 4, 1), network.output());
    // Pixels 0 and 1, each times the filter (1,2,3,4), and the bias 1.
    assertArrayEquals(new double[] {1, 1, 2, 3, 1, 1, 4, 5}, run(network, 1));
  }

  @Test
  void filtersBeginAsInPyTorch() {
    Shape image = Shape.of(8, 8, 3);
    Network conv = network(image, new Layer.Conv(10, 5, 1, 2, true));
    assertEquals(Shape.of(5, 5, 3, 10), conv.parameters().getFirst().shape());
    assertUniform(conv, 1 / Math.sqrt(5 * 5 * 3));
    Network transposed = network(image, new Layer.ConvTranspose(10, 4, 2, 1, true));
    assertEquals(Shape.of(4, 4, 10, 3), transposed.parameters().getFirst().shape());
    assertUniform(transposed, 1 / Math.sqrt(4 * 4 * 10));
  }

  private static void assertUniform(Network network, double bound) {
    for (Variable variable : network.parameters()) {
      Initial expected = Initial.uniform(bound);
      assertTrue(expected.equals(network.initial().get(variable)), variable.name());
    }
    assertEquals(Shape.of(10), network.parameters().getLast().shape());
  }

  @Test
  void onlyTrainingChangesRunningStatistics() {
    Network network = network(Shape.of(2, 2, 3), Layer.normalize(0.1));
    for (Network.Mode mode : Network.Mode.values()) {
      var step = new StepBuilder(0);
      network.apply(step, Ops.input("x", Shape.of(4, 2, 2, 3)), mode);
      int changed = step.snapshot().assignments().size();
      assertEquals(mode == Network.Mode.TRAINING ? 2 : 0, changed, mode.name());
    }
    assertTrue(network.couplesSamples());
  }

  @Test
  void samplesThatALayerCannotTakeAreRefused() {
    Refusal.of(() -> network(Shape.of(12), new Layer.Conv(1, 3, 1, 1, true)), "n/0/conv", "[12]");
    Refusal.of(() -> network(Shape.of(12), Layer.averagePool(2)), "average pool", "[12]");
    Refusal.of(() -> network(Shape.of(2, 2, 1), new Layer.Conv(1, 5, 1, 0, true)), "5", "2");
    Refusal.of(() -> network(Shape.of(2, 2, 1), Layer.dense(3)), "n/0/dense", "[2,2,1]");
    Refusal.of(() -> network(Shape.of(2, 2, 1), Layer.reshape(3)), "[2,2,1]", "[3]");
  }
}
