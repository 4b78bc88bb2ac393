// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Graph;
import gander.graph.Program;
import gander.graph.op.Variable;
import gander.graph.program.DeviceBackend;
import gander.models.loss.Formulation;
import gander.models.net.StepBuilder;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Twenty steps on a device, in which nothing becomes NaN or infinite: of gan-mlp with every loss,
 * and of every other two-player model with some, so that each loss meets one of them; with every
 * loss too where the system property {@code gander.everyLoss} is set, which takes minutes.
 */
@ExtendWith(Unoptimised.class)
class EveryLossTest {
  private static final int STEPS = 20;

  /** Some regularizers begin at step 1000: half of the steps lie before it. */
  private static final int FIRST = 990;

  private static final List<String> OTHERS = List.of("gan-mlp-bn", "gan-conv", "dcgan", "cgan");

  @BeforeAll
  static void requireDevice() {
    OpenCl.info();
  }

  /** Every loss, and every regularizer in one. */
  static List<String> losses() {
    var losses = new ArrayList<>(Formulation.names());
    String all =
        Formulation.regularizers(Formulation.Strengths.DEFAULT).stream()
            .map(regularizer -> "+" + regularizer.name())
            .collect(Collectors.joining());
    losses.add("minimax-ns" + all);
    return losses;
  }

  static Stream<Arguments> modelsWithLosses() {
    List<String> losses = losses();
    var all = new ArrayList<Arguments>();
    for (int i = 0; i < losses.size(); i++) {
      all.add(Arguments.of("gan-mlp", losses.get(i)));
      for (int k = 0; k < OTHERS.size(); k++) {
        if (Boolean.getBoolean("gander.everyLoss") || i % OTHERS.size() == k) {
          all.add(Arguments.of(OTHERS.get(k), losses.get(i)));
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("modelsWithLosses")
  void twentyStepsStayFinite(String name, String loss) {
    Model model = Zoo.create(SmallRuns.config(name, "none", "none").with("loss", loss));
    Graph graph = SmallRuns.step(model);
    try (DeviceBackend backend = OpenCl.backend();
        Program program = backend.compile(graph)) {
      model.initialize(backend, 5);
      backend.write(StepBuilder.STEP, new double[] {FIRST});
      SmallRuns.writeBatch(program, model);
      for (int step = 0; step < STEPS; step++) {
        program.run();
        for (String reported : graph.outputs().keySet()) {
          double value = program.readScalar(reported);
          assertTrue(Double.isFinite(value), reported + " is " + value + " in step " + step);
        }
      }
      assertEquals(FIRST + STEPS, backend.read(StepBuilder.STEP)[0]);
      for (Variable variable : model.variables()) {
        double[] values = backend.read(variable);
        assertTrue(Arrays.stream(values).allMatch(Double::isFinite), variable.name());
      }
    }
  }
}
