// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.op.Evaluation;
import gander.graph.op.Gradients;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.op.Tensor;
import gander.graph.op.Values;
import gander.models.io.Safetensors;
import gander.models.loss.GanLoss;
import gander.models.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A loss is one class: {@link RelativisticAverage}, which nothing but its name on the command line
 * makes known, trains a model on every device, with a regularizer too, and its first and second
 * derivatives, which it does not write, are what differences of its values say.
 */
class OwnLossTest {
  private static final String LOSS = RelativisticAverage.class.getName();
  private static final double EPSILON = 1e-5;

  @TempDir Path folder;

  /** A loss that shows what it is given: the mean scores of data and of samples. */
  public static final class Scores implements GanLoss {
    @Override
    public String name() {
      return "scores";
    }

    @Override
    public Tensor discriminator(Tensor real, Tensor fake) {
      return Ops.mean(fake);
    }

    @Override
    public Tensor generator(Tensor real, Tensor fake) {
      return Ops.mean(real);
    }
  }

  /**
   * Trains three steps, on the problems that the traces pose too, so that few are compiled anew.
   */
  private RunDirectory train(String device, String loss, String... more) throws IOException {
    Path data = IdxFiles.folder(folder.resolve("data"), 48, 28);
    Path run = folder.resolve(device.replace(':', '-') + loss.length());
    String command =
        "train gan-mlp --device %s --loss %s --data %s --out %s --steps 3 --log-every 1 --checkpoint-every 2 --batch 16 --set samples=16"
            .formatted(device, loss, data, run);
    Cli.done(Stream.concat(Stream.of(command.split(" ")), Stream.of(more)).toArray());
    return RunDirectory.open(run);
  }

  /** The logged values of one loss, step by step. */
  private static double[] losses(RunDirectory run, String name) throws IOException {
    List<String> lines = Files.readAllLines(run.metricsCsvFile());
    int column = Arrays.asList(lines.getFirst().split(",")).indexOf(name);
    return lines.stream()
        .skip(1)
        .mapToDouble(line -> Double.parseDouble(line.split(",")[column]))
        .toArray();
  }

  private static double[] weights(RunDirectory run, long step, String name) {
    try (var tensors = Safetensors.open(run.checkpointFile(step))) {
      return tensors.doubles(name);
    }
  }

  @Test
  void trainsByItsName() throws IOException {
    RunDirectory run = train("reference", LOSS);
    assertEquals(LOSS, run.config().loss());
    for (String loss : List.of("d", "g")) {
      double[] values = losses(run, loss);
      assertEquals(3, values.length);
      // Of equal scores either loss is 2 ln 2, and the scores of the first step are all small.
      assertEquals(2 * Math.log(2), values[0], 0.2, loss);
    }
    for (String weight : List.of("g/0/weight", "d/2/weight")) {
      assertFalse(Arrays.equals(weights(run, 2, weight), weights(run, 3, weight)), weight);
    }
    RunDirectory regularized = train("reference", LOSS + "+r1");
    assertTrue(losses(regularized, "d")[0] > losses(run, "d")[0] + 1e-6, "R1 adds to it");
    assertEquals(losses(run, "real")[0], losses(regularized, "real")[0], "and to nothing else");
  }

  /** Where nothing is learned, D gives the same scores before its update and after. */
  @Test
  void isGivenTheScoresOfTheBatch() throws IOException {
    RunDirectory run = train("reference", Scores.class.getName(), "--set", "learningRate=1e-300");
    assertArrayEquals(losses(run, "fake"), losses(run, "d"), 1e-12);
    assertArrayEquals(losses(run, "real"), losses(run, "g"), 1e-12);
  }

  @Test
  void aDeviceTrainsAsTheReferenceDoes() throws IOException {
    OpenCl.info();
    RunDirectory device = train(OpenCl.ID, LOSS);
    RunDirectory reference = train("reference", LOSS);
    for (String loss : List.of("d", "g")) {
      assertArrayEquals(losses(reference, loss), losses(device, loss), 1e-3, loss);
    }
  }

  @Test
  void derivativesAreWhatDifferencesSay() {
    var loss = new RelativisticAverage();
    for (boolean discriminator : new boolean[] {true, false}) {
      Tensor real = Ops.input("real", Shape.of(5, 1));
      Tensor fake = Ops.input("fake", Shape.of(5, 1));
      Tensor value = value(loss, discriminator, real, fake);
      Tensor slope = slope(value, List.of(real, fake));
      check(value, List.of(real, fake));
      check(slope, List.of(real, fake));
    }
  }

  @Test
  void derivativesReachTheWeightsOfACritic() {
    var loss = new RelativisticAverage();
    Tensor x = Ops.input("x", Shape.of(4, 3));
    Tensor made = Ops.input("made", Shape.of(4, 3));
    Tensor hidden = Ops.input("hidden", Shape.of(3, 6));
    Tensor last = Ops.input("last", Shape.of(6, 1));
    List<Tensor> all = List.of(x, made, hidden, last);
    for (boolean discriminator : new boolean[] {true, false}) {
      Tensor value = value(loss, discriminator, score(x, hidden, last), score(made, hidden, last));
      check(value, all);
      // As in a gradient penalty: through the gradient with respect to the images.
      check(slope(value, List.of(x, made)), all);
    }
  }

  private static Tensor score(Tensor images, Tensor hidden, Tensor last) {
    return Ops.matmul(Ops.tanh(Ops.matmul(images, hidden)), last);
  }

  private static Tensor value(GanLoss loss, boolean discriminator, Tensor real, Tensor fake) {
    return discriminator ? loss.discriminator(real, fake) : loss.generator(real, fake);
  }

  /** The squared norm of a gradient, one number. */
  private static Tensor slope(Tensor value, List<Tensor> inputs) {
    Tensor sum = Ops.scalar(0);
    for (Tensor gradient : Gradients.of(value, inputs)) {
      sum = Ops.add(sum, Ops.total(Ops.square(gradient)));
    }
    return sum;
  }

  /** Holds every element of a number's gradients against a central difference. */
  private static void check(Tensor number, List<Tensor> inputs) {
    var random = new SplittableRandom(3);
    var at = new ArrayList<Values>();
    for (Tensor input : inputs) {
      at.add(new Values(input.shape(), random.doubles(input.shape().size(), -2, 2).toArray()));
    }
    List<Values> gradients = evaluate(Gradients.of(number, inputs), inputs, at);
    double largest = 0;
    for (int k = 0; k < inputs.size(); k++) {
      double[] data = at.get(k).data();
      for (int i = 0; i < data.length; i++) {
        double x = data[i];
        data[i] = x + EPSILON;
        double above = evaluate(List.of(number), inputs, at).getFirst().value();
        data[i] = x - EPSILON;
        double below = evaluate(List.of(number), inputs, at).getFirst().value();
        data[i] = x;
        double gradient = gradients.get(k).data()[i];
        largest = Math.max(largest, Math.abs(gradient));
        String what = "%s, element %d".formatted(inputs.get(k).describe(), i);
        assertEquals((above - below) / (2 * EPSILON), gradient, 1e-8, what);
      }
    }
    assertFalse(largest < 1e-3, () -> number.describe() + " has no gradient to compare");
  }

  private static List<Values> evaluate(
      List<Tensor> wanted, List<Tensor> inputs, List<Values> values) {
    Map<Tensor, Values> bound = new HashMap<>();
    for (int k = 0; k < inputs.size(); k++) {
      bound.put(inputs.get(k), values.get(k));
    }
    return Evaluation.of(wanted, bound);
  }
}
