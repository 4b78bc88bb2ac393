// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gander.graph.Program;
import gander.graph.op.Gradients;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.reference.ReferenceBackend;
import gander.models.net.Layer;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The penalty on scores beyond the moving means of the other kind's, with the means constants. */
class LeCamTest {
  @Test
  void itBeginsLateAndFollowsItsFormula() {
    Tensor real = Ops.input("real", Shape.of(2, 1));
    Tensor fake = Ops.input("fake", Shape.of(2, 1));
    var step = new StepBuilder(1);
    var leCam = new LeCam(0.5);
    var network = new Network("d", Shape.of(1), List.of(Layer.dense(1)));
    var variables = leCam.attach(network).keySet();
    Tensor one = Ops.constant(1, Shape.of(2, 1));
    var terms =
        new Regularizer.Terms(x -> x, real, fake, real, fake, one, (name, shape) -> one, step);
    Tensor term = leCam.weighted(Objects.requireNonNull(leCam.term(terms)));
    step.report("term", term);
    step.report("gradient", Ops.concat(0, Gradients.of(term, real), Gradients.of(term, fake)));
    try (var backend = new ReferenceBackend();
        Program program = backend.compile(step.build())) {
      variables.forEach(backend::clear);
      backend.write(StepBuilder.STEP, new double[] {999});
      program.write("real", new double[] {1, 3});
      program.write("fake", new double[] {-1, 0});
      program.run();
      assertEquals(0, program.readScalar("term"), "not yet");
      // Means up to here 2 and -0.5; the next ones are moved by a hundredth.
      program.write("real", new double[] {2, -4});
      program.write("fake", new double[] {5, 1});
      program.run();
      double fakes = 0.99 * -0.5 + 0.01 * 3;
      double reals = 0.99 * 2 + 0.01 * -1;
      double expected = 0.5 * ((2 - fakes) * (2 - fakes) / 2 + (reals - 1) * (reals - 1) / 2);
      assertEquals(expected, program.readScalar("term"), 1e-12);
      assertArrayEquals(
          new double[] {0.5 * (2 - fakes), 0, 0, -0.5 * (reals - 1)},
          program.read("gradient"),
          1e-12);
    }
  }
}
