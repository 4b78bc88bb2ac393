// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.op.Convolution;
import gander.graph.op.Node;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Variable;
import gander.models.Refusal;
import gander.models.net.Layer;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Convolutional models have the shapes, and take the arithmetic, that were published. */
class ConvNetsTest {
  private static Network network(String name, Shape input, List<Layer> layers) {
    return new Network(name, input, layers);
  }

  private static Network dcganGenerator(int levels, int channels, int width) {
    List<Layer> layers = ConvNets.dcganGenerator(levels, channels, 100, width);
    return network("g", Shape.of(100), layers);
  }

  private static Network dcganDiscriminator(int levels, int channels, int width, boolean norm) {
    int size = 4 << levels;
    List<Layer> layers = ConvNets.dcganDiscriminator(levels, width, norm);
    return network("d", Shape.of(size, size, channels), layers);
  }

  /** Multiplications of one sample's convolutions, those with padding among them. */
  private static double products(Network network) {
    var step = new StepBuilder(0);
    var x = Ops.input("x", Network.batched(1, network.input()));
    step.report("y", network.apply(step, x, Network.Mode.OBSERVING));
    double products = 0;
    for (Node node : step.snapshot().nodes()) {
      if (node.op() instanceof Convolution conv) {
        Convolution.Extents e = conv.extents(node.inputShapes());
        products += (double) e.p() * e.q() * e.k() * e.r() * e.s() * e.c();
      }
    }
    return products;
  }

  @Test
  void dcganTakesTheArithmeticThatWasPublished() {
    assertEquals(104.63e6, products(dcganGenerator(4, 3, 64)), 0.005e6);
    assertEquals(103.82e6, products(dcganDiscriminator(4, 3, 64, true)), 0.005e6);
  }

  @ParameterizedTest
  @CsvSource({"16, 1", "32, 3", "64, 3", "128, 1"})
  void dcganMakesAndJudgesImagesOfItsSizes(int size, int channels) {
    int levels = ConvNets.dcganLevels("dcgan", size);
    assertEquals(Shape.of(size, size, channels), dcganGenerator(levels, channels, 2).output());
    assertEquals(Shape.of(1), dcganDiscriminator(levels, channels, 2, true).output());
  }

  @ParameterizedTest
  @CsvSource({"4, 1", "28, 1", "28, 3", "32, 3"})
  void ganConvMakesAndJudgesImagesOfItsSizes(int size, int channels) {
    Shape image = Shape.of(size, size, channels);
    List<Layer> generator = ConvNets.ganConvGenerator(size, channels);
    assertEquals(image, network("g", Shape.of(100), generator).output());
    assertEquals(Shape.of(1), network("d", image, ConvNets.ganConvDiscriminator()).output());
  }

  @Test
  void batchNormTakesThePlaceOfBiases() {
    assertEquals(
        List.of("d/0/weight", "d/1/weight", "d/2/gamma", "d/2/beta", "d/3/weight"),
        names(dcganDiscriminator(2, 1, 4, true)));
    assertEquals(
        List.of("d/0/weight", "d/0/bias", "d/1/weight", "d/1/bias", "d/2/weight", "d/2/bias"),
        names(dcganDiscriminator(2, 1, 4, false)));
  }

  private static List<String> names(Network network) {
    return network.parameters().stream().map(Variable::name).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"wgan-gp", "r1", "hinge+gp"})
  void aPenaltyOnGradientsTakesBatchNormOutOfTheDiscriminator(String loss) {
    RunConfig config = config("dcgan").with("loss", loss);
    List<String> names =
        Zoo.create(config).variables().stream()
            .map(Variable::name)
            .filter(name -> name.matches("d/\\d/\\w+"))
            .toList();
    assertEquals(10, names.size(), names::toString);
    assertTrue(
        names.stream().allMatch(name -> name.matches("d/[0-4]/(weight|bias)")), names::toString);
  }

  private static RunConfig config(String model) {
    return RunConfig.of(model, "strokes", "reference");
  }

  @ParameterizedTest
  @CsvSource({"dcgan, 8", "dcgan, 28", "dcgan, 48", "dcgan, 256", "gan-conv, 30", "gan-conv, 2"})
  void sizesThatCannotBeHalvedAreRefused(String model, int size) {
    Refusal.of(
        () -> Zoo.create(config(model).with("size", Integer.toString(size))),
        "'" + model + "'",
        size,
        "--size");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gan-conv", "gan-mlp", "ae"})
  void aWidthIsRefusedWhereThereIsNone(String model) {
    Refusal.of(() -> Zoo.create(config(model).with("width", "8")), "'" + model + "'", "'width'");
  }

  @Test
  void aSmallBatchIsTheDefaultOnTheReference() {
    for (String model : List.of("gan-conv", "dcgan")) {
      assertEquals(8, Zoo.defaults(model, "strokes", "reference").batch());
      assertEquals(128, Zoo.defaults(model, "strokes", "opencl:0").batch());
    }
    assertEquals(32, Zoo.defaults("gan-mlp", "strokes", "reference").batch());
  }
}
