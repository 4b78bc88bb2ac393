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
import gander.models.data.ImageSize;
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

  private static Network dcganGenerator(Halvings halvings, int channels, int width) {
    List<Layer> layers = ConvNets.dcganGenerator(halvings, channels, 100, width);
    return network("g", Shape.of(100), layers);
  }

  private static Network dcganDiscriminator(ImageSize size, int channels, int width, boolean norm) {
    List<Layer> layers = ConvNets.dcganDiscriminator(halvings(size), width, norm);
    return network("d", Shape.of(size.height(), size.width(), channels), layers);
  }

  private static Halvings halvings(ImageSize size) {
    return Halvings.of("dcgan", size);
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
    assertEquals(
        104.63e6, products(dcganGenerator(halvings(ImageSize.square(64)), 3, 64)), 0.005e6);
    assertEquals(
        103.82e6, products(dcganDiscriminator(ImageSize.square(64), 3, 64, true)), 0.005e6);
  }

  @ParameterizedTest
  @CsvSource({
    "16, 16, 1, 2, 4, 4",
    "32, 32, 3, 3, 4, 4",
    "64, 64, 3, 4, 4, 4",
    "128, 128, 1, 5, 4, 4",
    "28, 28, 1, 2, 7, 7",
    "64, 96, 3, 4, 4, 6",
    "96, 64, 1, 4, 6, 4",
    "48, 64, 3, 3, 6, 8",
    "16, 100, 1, 2, 4, 25",
    "224, 160, 1, 5, 7, 5"
  })
  void modelsThatHalveMakeAndJudgeImagesOfTheirSizes(
      int height, int width, int channels, int levels, int rows, int columns) {
    var size = new ImageSize(height, width);
    Halvings halvings = halvings(size);
    assertEquals(new Halvings(levels, rows, columns), halvings);
    Shape image = Shape.of(height, width, channels);
    assertEquals(image, dcganGenerator(halvings, channels, 2).output());
    assertEquals(Shape.of(1), dcganDiscriminator(size, channels, 2, true).output());
    assertEquals(
        image, network("g", Shape.of(5), ConvNets.vaeDecoder(halvings, 2, channels)).output());
    assertEquals(Shape.of(10), network("e", image, ConvNets.vaeEncoder(halvings, 2, 5)).output());
    assertEquals(
        image, network("g", Shape.of(5), ConvNets.trunkGenerator(halvings, 2, channels)).output());
    assertEquals(Shape.of(3), network("d", image, ConvNets.trunk(halvings, 2, 3)).output());
  }

  @ParameterizedTest
  @CsvSource({"4, 4, 1", "28, 28, 1", "28, 28, 3", "32, 32, 3", "8, 12, 1", "48, 20, 3"})
  void ganConvMakesAndJudgesImagesOfItsSizes(int height, int width, int channels) {
    Shape image = Shape.of(height, width, channels);
    List<Layer> generator = ConvNets.ganConvGenerator(new ImageSize(height, width), channels);
    assertEquals(image, network("g", Shape.of(100), generator).output());
    assertEquals(Shape.of(1), network("d", image, ConvNets.ganConvDiscriminator()).output());
  }

  @Test
  void batchNormTakesThePlaceOfBiases() {
    assertEquals(
        List.of("d/0/weight", "d/1/weight", "d/2/gamma", "d/2/beta", "d/3/weight"),
        names(dcganDiscriminator(ImageSize.square(16), 1, 4, true)));
    assertEquals(
        List.of("d/0/weight", "d/0/bias", "d/1/weight", "d/1/bias", "d/2/weight", "d/2/bias"),
        names(dcganDiscriminator(ImageSize.square(16), 1, 4, false)));
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
  @CsvSource({
    "dcgan, 8",
    "dcgan, 30",
    "dcgan, 50",
    "dcgan, 256",
    "dcgan, 64x100",
    "dcgan, 8x64",
    "cgan, 44",
    "vae, 38x16",
    "cvae, 16x18",
    "vae-gan, 12",
    "cvae-gan, 33x32",
    "gan-conv, 30",
    "gan-conv, 28x30",
    "gan-conv, 2"
  })
  void sizesThatCannotBeHalvedAreRefused(String model, String size) {
    Refusal.of(
        () -> Zoo.create(config(model).with("size", size)), "'" + model + "'", size, "--size");
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
