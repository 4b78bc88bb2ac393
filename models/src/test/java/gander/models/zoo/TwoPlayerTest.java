// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.Program;
import gander.graph.op.Conv2d;
import gander.graph.op.Random;
import gander.graph.op.Shape;
import gander.graph.op.Variable;
import gander.graph.reference.ReferenceBackend;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steps of the game do what they must to one weight, and no more work than they must. */
class TwoPlayerTest {
  private static RunConfig config(String model, String loss) {
    return RunConfig.of(model, "none", "reference")
        .with("loss", loss)
        .with("size", "16")
        .with("channels", "1")
        .with("zdim", "4")
        .with("batch", "6")
        .with("nCritic", "1");
  }

  /**
   * The last bias moves all scores alike, and these losses know only their difference: its gradient
   * is 0, not what rounding leaves of two sums, from which Adam would make steps. A batch of six is
   * one whose sixths do not add up to one exactly.
   */
  @ParameterizedTest
  @CsvSource({"gan-mlp, wgan-gp", "gan-mlp, hinge", "gan-conv, wgan-gp", "dcgan, wgan-gp"})
  void gradientsThatCancelAreExactlyZero(String name, String loss) {
    RunConfig config = config(name, loss);
    Model model = Zoo.create(name.equals("dcgan") ? config.with("width", "2") : config);
    Variable bias =
        model.variables().stream()
            .filter(variable -> variable.name().matches("d/\\d/bias"))
            .reduce((first, second) -> second)
            .orElseThrow();
    assertEquals(1, bias.shape().size(), bias.name());
    try (Backend backend = new ReferenceBackend();
        Program program = backend.compile(model.step(new StepBuilder(1)))) {
      model.initialize(backend, 1);
      double before = backend.read(bias)[0];
      assertNotEquals(0, before);
      var random = new SplittableRandom(1);
      double[] x = random.doubles(6L * model.image().size(), -1, 1).toArray();
      program.write("x", x);
      program.run();
      assertEquals(before, backend.read(bias)[0]);
    }
  }

  /** Three passes of the discriminator: data, generated samples, and the generator's own. */
  @Test
  void dataIsNotScoredForAGeneratorThatDoesNotLook() {
    RunConfig config = config("dcgan", "minimax-ns").with("width", "2");
    Graph step = Zoo.create(config).step(new StepBuilder(1));
    long scores =
        step.nodes().stream()
            .filter(node -> node.op() instanceof Conv2d)
            .filter(node -> node.shapes().getFirst().equals(Shape.of(6, 1, 1, 1)))
            .count();
    assertEquals(3, scores);
  }

  /**
   * The second update's weights come from the first's batch. A penalty on the gradient at the same
   * batch is the one at another input that has the same values.
   */
  @ParameterizedTest
  @CsvSource({"minimax-ns+r1", "minimax-ns+r2", "wasserstein+div", "wgan-gp", "minimax-ns+dragan"})
  void aPenaltyDoesNotLookBehindTheUpdateBefore(String loss) {
    Model model = Zoo.create(config("gan-mlp", loss).with("nCritic", "2").with("size", "4"));
    double[] x = new SplittableRandom(1).doubles(6L * 16, -1, 1).toArray();
    var weights = new double[2][];
    for (int run = 0; run < 2; run++) {
      Batch first = Batch.inputs("x", "y", model, 6);
      Batch second = run == 0 ? first : Batch.inputs("x2", "y2", model, 6);
      try (Backend backend = new ReferenceBackend();
          Program program =
              backend.compile(model.step(new StepBuilder(1), List.of(first, second)))) {
        model.initialize(backend, 1);
        program.write("x", x);
        if (run == 1) {
          program.write("x2", x);
        }
        program.run();
        weights[run] = backend.read(variable(model, "d/0/weight"));
      }
    }
    assertArrayEquals(weights[1], weights[0], 1e-12);
  }

  /** Any name takes any regularizer, and a draw of a regularizer's own serves all repetitions. */
  @Test
  void onlyWhatIsReadIsDrawnAndOnce() {
    Graph step =
        Zoo.create(config("gan-mlp", "wgan-gp+dragan").with("nCritic", "3"))
            .step(new StepBuilder(1));
    List<Random> draws =
        step.nodes().stream()
            .filter(node -> node.op() instanceof Random)
            .map(node -> (Random) node.op())
            .toList();
    assertEquals(
        List.of("delta [3,6,256]", "eps [3,6]", "z_d [3,6,4]", "z_g [6,4]"),
        draws.stream().map(draw -> draw.key() + " " + draw.shape()).sorted().toList());
    Graph plain = Zoo.create(config("gan-mlp", "hinge+lecam")).step(new StepBuilder(1));
    assertTrue(
        plain.nodes().stream()
            .noneMatch(node -> node.op() instanceof Random draw && !draw.key().startsWith("z_")),
        "what no regularizer reads is not drawn");
  }

  private static Variable variable(Model model, String name) {
    return model.variables().stream()
        .filter(variable -> variable.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
