// SPDX-License-Identifier: Apache-2.0
package gander.models.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gander.graph.Graph;
import gander.graph.Program;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.graph.reference.ReferenceBackend;
import gander.models.net.StepBuilder;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** Rates by their formulas, written here a second time, and clipped gradients. */
class ScheduleTest {
  /** The factors of steps 0, 1, ... */
  private static double[] factors(Schedule.Form form, int warmup, int steps) {
    Tensor t = Ops.input("t", Shape.SCALAR);
    var factors = new double[steps];
    Tensor factor = new Schedule(form, warmup, steps).factor(t);
    Graph graph = Graph.of(Map.of("t", t, "factor", factor));
    try (var backend = new ReferenceBackend();
        Program program = backend.compile(graph)) {
      for (int step = 0; step < steps; step++) {
        program.write("t", new double[] {step});
        program.run();
        factors[step] = program.readScalar("factor");
      }
    }
    return factors;
  }

  private static void same(double[] actual, double... expected) {
    assertArrayEquals(expected, actual, 1e-12);
  }

  @Test
  void aConstantIsOneAfterTheWarmUp() {
    same(factors(new Schedule.Constant(), 0, 3), 1, 1, 1);
    same(factors(new Schedule.Constant(), 4, 6), 0.25, 0.5, 0.75, 1, 1, 1);
  }

  @Test
  void linearGoesToTheLastRate() {
    same(factors(new Schedule.Linear(0), 0, 4), 1, 0.75, 0.5, 0.25);
    same(factors(new Schedule.Linear(0.5), 0, 5), 1, 0.9, 0.8, 0.7, 0.6);
    same(factors(new Schedule.Linear(0), 2, 6), 0.5, 1, 1, 0.75, 0.5, 0.25);
  }

  @Test
  void cosineIsHalfAWave() {
    double root = Math.sqrt(0.5);
    same(factors(new Schedule.Cosine(0), 0, 4), 1, (1 + root) / 2, 0.5, (1 - root) / 2);
    same(factors(new Schedule.Cosine(0.2), 0, 2), 1, 0.6);
  }

  @Test
  void exponentialHasOneRatio() {
    same(factors(new Schedule.Exponential(0.0001), 0, 4), 1, 0.1, 0.01, 0.001);
  }

  @Test
  void stepsAreCountedBehindTheWarmUp() {
    same(factors(new Schedule.Step(2, 0.5), 0, 5), 1, 1, 0.5, 0.5, 0.25);
    same(factors(new Schedule.Step(2, 0.5), 1, 5), 1, 1, 1, 0.5, 0.5);
    // Quotients that are whole numbers, at sizes where single precision could miss them.
    double[] many = factors(new Schedule.Step(7, 0.5), 0, 71);
    assertEquals(Math.pow(0.5, 9), many[69], 1e-12);
    assertEquals(Math.pow(0.5, 10), many[70], 1e-12);
  }

  @Test
  void gradientsAreScaledTogetherWhereTheirNormIsTooLarge() {
    assertArrayEquals(new double[] {-3 / 5.000001, -4 / 5.000001}, updates(1, 3, 4), 1e-15);
    assertArrayEquals(new double[] {-3, -4}, updates(10, 3, 4), 0);
    assertArrayEquals(new double[] {0, 0}, updates(1, 0, 0), 0);
  }

  /** What two variables at 0 become by one update of descent at rate 1. */
  private static double[] updates(double clipNorm, double... gradients) {
    var method =
        new Optimizer.Method.Tempered(new Optimizer.Method.Sgd(1, 0), Schedule.CONSTANT, clipNorm);
    List<Variable> variables =
        List.of(new Variable("a", Shape.SCALAR), new Variable("b", Shape.of(1)));
    var optimizer = new Optimizer("o", method, variables);
    var step = new StepBuilder(1);
    optimizer.update(
        step,
        List.of(Ops.scalar(gradients[0]), Ops.constant(gradients[1], Shape.of(1))),
        UnaryOperator.identity());
    try (var backend = new ReferenceBackend();
        Program program = backend.compile(step.build())) {
      backend.write(optimizer.rate(), new double[] {1});
      program.run();
      return variables.stream()
          .flatMapToDouble(variable -> DoubleStream.of(backend.read(variable)))
          .toArray();
    }
  }
}
