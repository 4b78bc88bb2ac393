// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.Program;
import gander.graph.op.Tensor;
import gander.models.run.Metrics;
import gander.models.run.RunConfig;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** On a device, logging the terms of losses changes no bit of what is trained. */
@ExtendWith(Unoptimised.class)
class ReportedTermsTest {
  @BeforeAll
  static void requireDevice() {
    OpenCl.info();
  }

  @Test
  void trainingIsTheSameWithoutThem() {
    RunConfig plain = SmallRuns.config("gan-mlp", "none", "none");
    Model model = Zoo.create(plain.with("loss", "minimax-ns+gp+lecam"));
    Graph all = SmallRuns.step(model);
    Map<String, Tensor> losses = new LinkedHashMap<>(all.outputs());
    losses.keySet().removeIf(Metrics::isTerm);
    assertTrue(losses.size() < all.outputs().size());
    try (Backend backend = OpenCl.backend()) {
      List<double[]> with = trained(model, backend, all);
      List<double[]> without = trained(model, backend, new Graph(losses, all.assignments()));
      for (int i = 0; i < with.size(); i++) {
        assertArrayEquals(without.get(i), with.get(i), model.variables().get(i).name());
      }
    }
  }

  /** Every variable after three steps. */
  private static List<double[]> trained(Model model, Backend backend, Graph graph) {
    model.initialize(backend, 5);
    try (Program program = backend.compile(graph)) {
      SmallRuns.writeBatch(program, model);
      for (int step = 0; step < 3; step++) {
        program.run();
      }
      var values = new ArrayList<double[]>();
      model.variables().forEach(variable -> values.add(backend.read(variable)));
      return values;
    }
  }
}
