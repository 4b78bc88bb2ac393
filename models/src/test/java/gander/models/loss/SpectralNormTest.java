// SPDX-License-Identifier: Apache-2.0
package gander.models.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Program;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.graph.reference.ReferenceBackend;
import gander.models.net.Layer;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import gander.models.zoo.Zoo;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The power iteration finds the largest singular value, and its vectors are part of the model. */
class SpectralNormTest {
  @Test
  void weightsAreDividedByTheirLargestSingularValue() {
    var network = new Network("d", Shape.of(2), List.of(Layer.dense(3)));
    Variable weight = network.parameters().getFirst();
    var norm = new SpectralNorm();
    var initial = norm.attach(network);
    var step = new StepBuilder(1);
    Tensor used = norm.weight(step, weight, step.value(weight), true);
    step.report("sigma", Ops.div(Ops.total(step.value(weight)), Ops.total(used)));
    assertEquals(1, initial.size(), "a vector for the weight and none for the bias");
    try (var backend = new ReferenceBackend();
        Program program = backend.compile(step.snapshot())) {
      backend.write(weight, new double[] {3, 0, 4, 0, 2, 0});
      initial.forEach((u, value) -> backend.write(u, value.values(u, 1)));
      for (int i = 0; i < 100; i++) {
        program.run();
      }
      // Rows (3,0,4) and (0,2,0) are at right angles: the singular values are their lengths.
      assertEquals(5, program.readScalar("sigma"), 1e-9);
    }
  }

  @Test
  void theVectorsAreKeptWithTheModel() {
    var config = RunConfig.of("dcgan", "none", "reference").with("loss", "hinge+spectral-norm");
    List<String> names = Zoo.create(config).variables().stream().map(Variable::name).toList();
    assertTrue(names.containsAll(List.of("d/0/weight/u", "d/7/weight/u")), names::toString);
  }
}
