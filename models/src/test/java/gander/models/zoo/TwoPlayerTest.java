// SPDX-License-Identifier: Apache-2.0
package gander.models.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.Program;
import gander.graph.op.Conv2d;
import gander.graph.op.Shape;
import gander.graph.op.Variable;
import gander.graph.reference.ReferenceBackend;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
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
}
