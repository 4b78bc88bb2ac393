// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Program;
import gander.graph.op.Evaluation;
import gander.graph.op.Gradients;
import gander.graph.op.Ops;
import gander.graph.op.Random;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Values;
import gander.graph.op.Variable;
import gander.graph.reference.ReferenceBackend;
import gander.models.Refusal;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What CVAE-GAN adds to its networks: means of features by class, and parts it can do without. */
class CvaeGanTest {
  private static final int CLASSES = 3;

  private static RunConfig config() {
    return RunConfig.of("cvae-gan", "strokes", "reference")
        .with("size", "16")
        .with("width", "2")
        .with("zdim", "4")
        .with("batch", "6")
        .with("classes", "3");
  }

  private static final double[] CLASSES_OF_DATA = {0, 1, 0};

  /**
   * The distance of class means of {@link #CLASSES_OF_DATA} with features of two numbers, over
   * steps.
   *
   * @param drawn classes of what was made
   */
  private static double[][] distances(double decay, double[] drawn, double[]... made) {
    var means = new ClassMeans(CLASSES, 2, decay);
    var step = new StepBuilder(1);
    Tensor features = Ops.input("made", Shape.of(3, 2));
    Tensor distance =
        means.distance(
            step,
            Ops.input("y", Shape.of(3)),
            Ops.input("data", Shape.of(3, 2)),
            Ops.input("drawn", Shape.of(3)),
            features);
    step.report("distance", distance);
    step.report("gradient", Gradients.of(distance, features));
    var found = new double[made.length][];
    try (var backend = new ReferenceBackend();
        Program program = backend.compile(step.build())) {
      means.variables().forEach(backend::clear);
      backend.clear(StepBuilder.STEP);
      program.write("y", CLASSES_OF_DATA);
      program.write("drawn", drawn);
      program.write("data", new double[] {1, 2, 5, 5, 3, 4});
      for (int i = 0; i < made.length; i++) {
        program.write("made", made[i]);
        program.run();
        double[] gradient = program.read("gradient");
        found[i] = new double[1 + gradient.length];
        found[i][0] = program.readScalar("distance");
        System.arraycopy(gradient, 0, found[i], 1, gradient.length);
      }
    }
    return found;
  }

  @Test
  void classMeansAreThoseOfTheBatch() {
    // Class 0: (2,3) against (0,1), class 1: (5,5) against (5,7), class 2 is not there.
    double[] found = distances(0, CLASSES_OF_DATA, new double[] {0, 0, 5, 7, 0, 2})[0];
    assertArrayEquals(new double[] {4 + 2, -1, -1, 0, 2, -1, -1}, found, 1e-12);
  }

  @Test
  void movingMeansAreDifferentiatedThroughTheBatchAlone() {
    double[] made = {0, 0, 5, 7, 0, 2};
    double[][] found = distances(0.75, CLASSES_OF_DATA, made, made);
    // From 0 on a quarter of each mean, so a quarter of what they are apart; then 7/16 of it.
    assertEquals(6 / 16.0, found[0][0], 1e-12);
    assertEquals(-1 / 16.0, found[0][1], 1e-12);
    assertEquals(6 * 49 / 256.0, found[1][0], 1e-12);
    assertEquals(-7 / 64.0, found[1][1], 1e-12);
  }

  /** Class 1 is only in the data and class 2 only in what was made: neither has two means. */
  @Test
  void classesThatAreDrawnCountWhereDataHasThem() {
    double[] made = {0, 0, 0, 2, 9, 9};
    double[] found = distances(0, new double[] {0, 0, 2}, made)[0];
    assertArrayEquals(new double[] {4, -1, -1, -1, -1, 0, 0}, found, 1e-12);
    double[][] moving = distances(0.75, new double[] {0, 0, 2}, made, made);
    assertEquals(4 / 16.0, moving[0][0], 1e-12);
    assertEquals(4 * 49 / 256.0, moving[1][0], 1e-12);
  }

  @Test
  void drawnClassesAreAllThereAndNoOthers() {
    Tensor uniforms = Ops.input("u", Shape.of(6));
    double[] u = {1e-7, 1 / 3.0, 0.34, 0.66, 0.67, 1};
    double[] drawn =
        Evaluation.of(
                List.of(Labels.drawn(uniforms, CLASSES)),
                Map.of(uniforms, new Values(uniforms.shape(), u)))
            .getFirst()
            .data();
    assertArrayEquals(new double[] {0, 0, 1, 1, 2, 2}, drawn);
  }

  /** Drawn by name, one a sample, and given to the generator. */
  @Test
  void classesAreDrawn() {
    Model model = Zoo.create(config().with("drawnClasses", "true"));
    assertTrue(
        model.step(new StepBuilder(3)).nodes().stream()
            .anyMatch(node -> node.op() instanceof Random draw && draw.key().equals("y_p")));
    double[] own = weights(Zoo.create(config()), "g/0/weight");
    double[] drawn = weights(model, "g/0/weight");
    assertTrue(Arrays.stream(drawn).allMatch(Double::isFinite));
    assertNotEquals(Arrays.toString(own), Arrays.toString(drawn));
  }

  @ParameterizedTest
  @CsvSource({
    "d,       c kl recon gc, d",
    "c,       d kl recon gd, c",
    "d+c,     kl recon, dc",
    "image,   d c kl recon gd gc, ''",
    "d+image, c kl recon gc, d"
  })
  void partsCanBeLeftOut(String without, String losses, String missing) {
    Model model = Zoo.create(config().with("without", without));
    assertEquals(
        Arrays.stream(losses.split(" ")).sorted().toList(),
        model.losses().stream().sorted().toList());
    List<String> names = model.variables().stream().map(Variable::name).toList();
    for (String network : List.of("e", "g", "d", "c")) {
      boolean there = names.stream().anyMatch(name -> name.startsWith(network + "/"));
      assertEquals(!missing.contains(network), there, network);
    }
    double[] whole = weights(Zoo.create(config()), "g/0/weight");
    double[] less = weights(model, "g/0/weight");
    assertTrue(Arrays.stream(less).allMatch(Double::isFinite));
    assertNotEquals(Arrays.toString(whole), Arrays.toString(less), "what is left out is missed");
  }

  /** A variable after two steps: Adam's first says no more than the gradients' signs. */
  private static double[] weights(Model model, String name) {
    try (var backend = new ReferenceBackend()) {
      model.initialize(backend, 3);
      try (Program program = backend.compile(model.step(new StepBuilder(3)))) {
        var x = new double[6 * 16 * 16 * 3];
        for (int i = 0; i < x.length; i++) {
          x[i] = Math.sin(i * i);
        }
        program.write("x", x);
        program.write("y", new double[] {0, 1, 2, 0, 1, 2});
        program.run();
        program.run();
      }
      Variable variable =
          model.variables().stream().filter(v -> v.name().equals(name)).findFirst().orElseThrow();
      return backend.read(variable);
    }
  }

  @Test
  void whatIsNoPartIsRefused() {
    Refusal.of(() -> Zoo.create(config().with("without", "e")), "'e'", "d, c and image");
    Refusal.of(() -> Zoo.create(config().with("without", "d+c+image")), "nothing is left");
    Refusal.of(
        () -> Zoo.create(RunConfig.of("vae", "strokes", "reference").with("without", "d")), "vae");
    Refusal.of(() -> Zoo.create(config().with("rho", "1")), "rho");
    Refusal.of(() -> Zoo.create(config().with("loss", "hinge")), "cvae-gan", "hinge");
  }
}
