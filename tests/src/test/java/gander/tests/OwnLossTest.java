// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Graph;
import gander.graph.Program;
import gander.graph.op.Gradients;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.reference.ReferenceBackend;
import gander.models.io.Curve;
import gander.models.run.Metrics;
import gander.models.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A loss is one class: {@link RelativisticAverage}, of which nothing in the project knows, trains a
 * model from the command line, alone and under a gradient penalty, and its gradients, which nobody
 * wrote, are those that differences give.
 */
class OwnLossTest {
  private static final int N = 5;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"", "+gp"})
  void trainsOnTheReference(String regularizer) throws IOException {
    train("reference", 3, regularizer);
  }

  @Test
  void trainsOnOpenCl() throws IOException {
    OpenCl.info();
    train(OpenCl.ID, 10, "");
  }

  private void train(String device, int steps, String regularizer) throws IOException {
    Path data = SmallRuns.data(folder.resolve("data"));
    Path run = folder.resolve("run");
    List<Object> command = SmallRuns.command("gan-mlp", data, device, steps, run);
    command.addAll(List.of("--loss", RelativisticAverage.class.getName() + regularizer));
    Cli.done(command.toArray());
    List<Curve> curves = Metrics.curves(RunDirectory.open(run));
    for (Curve curve : curves) {
      assertEquals(steps, curve.values().length);
      assertTrue(Arrays.stream(curve.values()).allMatch(Double::isFinite), curve::name);
      if (regularizer.isEmpty() && List.of("d", "g").contains(curve.name())) {
        // An untrained discriminator tells nothing apart.
        assertEquals(2 * Math.log(2), curve.values()[0], 0.1, curve.name());
      }
    }
  }

  @Test
  void itsGradientsAreThoseOfDifferences() {
    Tensor real = Ops.input("real", Shape.of(N, 1));
    Tensor fake = Ops.input("fake", Shape.of(N, 1));
    var loss = new RelativisticAverage();
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    for (boolean discriminator : new boolean[] {true, false}) {
      Tensor value = discriminator ? loss.discriminator(real, fake) : loss.generator(real, fake);
      String name = discriminator ? "d" : "g";
      outputs.put(name, value);
      outputs.put(name + " by real", Gradients.of(value, real));
      outputs.put(name + " by fake", Gradients.of(value, fake));
    }
    try (var backend = new ReferenceBackend();
        Program program = backend.compile(Graph.of(outputs))) {
      var random = new SplittableRandom(7);
      Map<String, double[]> inputs = new LinkedHashMap<>();
      for (String input : List.of("real", "fake")) {
        inputs.put(input, random.doubles(N, -2, 2).toArray());
        program.write(input, inputs.get(input));
      }
      for (String player : List.of("d", "g")) {
        inputs.forEach((input, at) -> checkGradient(program, player, input, at));
      }
    }
  }

  /** Central differences: in double precision they are right to nine digits at this distance. */
  private static void checkGradient(Program program, String loss, String input, double[] at) {
    double h = 1e-5;
    program.run();
    double[] gradient = program.read(loss + " by " + input);
    for (int i = 0; i < N; i++) {
      double[] moved = at.clone();
      moved[i] = at[i] + h;
      double above = value(program, loss, input, moved);
      moved[i] = at[i] - h;
      double below = value(program, loss, input, moved);
      assertEquals((above - below) / (2 * h), gradient[i], 1e-8, loss + " by " + input);
    }
    program.write(input, at);
  }

  private static double value(Program program, String loss, String input, double[] at) {
    program.write(input, at);
    program.run();
    return program.readScalar(loss);
  }
}
