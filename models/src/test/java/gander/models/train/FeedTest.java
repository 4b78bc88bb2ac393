// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.Program;
import gander.graph.op.Ops;
import gander.graph.op.Tensor;
import gander.graph.reference.ReferenceBackend;
import gander.models.Refusal;
import gander.models.data.DataSet;
import gander.models.data.ImageShape;
import gander.models.data.Range;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import gander.models.zoo.Batch;
import gander.models.zoo.Zoo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which images a step takes; each image here holds its own number in every pixel. */
class FeedTest {
  /** A reference device that has room for a data set, or pretends to have none. */
  private static Backend backend(boolean room) {
    var reference = new ReferenceBackend();
    return room ? reference : new CrampedBackend(reference);
  }

  private static DataSet numbered(int count) {
    var images = new float[count * 4];
    for (int i = 0; i < images.length; i++) {
      int number = i / 4;
      images[i] = number;
    }
    return new DataSet("numbered", Range.SIGNED, new ImageShape(2, 2, 1), images, null, List.of());
  }

  /** The numbers of the images of some steps. */
  private static List<List<Integer>> steps(
      Backend backend, int count, int batch, int nCritic, int steps) {
    RunConfig config =
        RunConfig.of("gan-mlp", "numbered", "reference")
            .with("size", "2")
            .with("batch", Integer.toString(batch))
            .with("nCritic", Integer.toString(nCritic));
    var feed = new Feed(numbered(count), Zoo.create(config), backend.roomBytes(), 9);
    var step = new StepBuilder(9);
    List<Batch> batches = feed.batches();
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    for (int at = 0; at < batches.size(); at++) {
      Tensor numbers = Ops.slice(batches.get(at).x(), 1, 0, 1);
      outputs.put("b" + at, numbers);
      step.report("b" + at, numbers);
    }
    Graph graph = step.build();
    var taken = new ArrayList<List<Integer>>();
    try (Program program = backend.compile(graph)) {
      backend.write(StepBuilder.STEP, new double[1]);
      for (int s = 0; s < steps; s++) {
        feed.before(backend, program, s);
        program.run();
        var numbers = new ArrayList<Integer>();
        for (String name : outputs.keySet()) {
          for (double value : program.read(name)) {
            numbers.add((int) value);
          }
        }
        taken.add(numbers);
      }
    }
    return taken;
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void anEpochTakesEveryImageOnce(boolean room) {
    List<List<Integer>> taken = steps(backend(room), 12, 2, 3, 4);
    for (int epoch = 0; epoch < 2; epoch++) {
      var seen = new HashSet<Integer>();
      seen.addAll(taken.get(2 * epoch));
      seen.addAll(taken.get(2 * epoch + 1));
      assertEquals(12, seen.size());
    }
    assertNotEquals(taken.get(0), taken.get(2), "each epoch has an order of its own");
  }

  @Test
  void theDeviceAndTheHostTakeTheSame() {
    assertEquals(steps(backend(true), 23, 5, 1, 9), steps(backend(false), 23, 5, 1, 9));
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void tooFewImagesComeAgain(boolean room) {
    List<List<Integer>> taken = steps(backend(room), 3, 4, 2, 2);
    for (List<Integer> step : taken) {
      assertEquals(8, step.size());
      assertEquals(3, new HashSet<>(step).size());
      assertTrue(step.stream().allMatch(number -> number >= 0 && number < 3));
    }
  }

  /** Image n is of class n mod 3. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void classesComeWithTheirImages(boolean room) {
    int count = 7;
    var images = new float[count * 256];
    var labels = new int[count];
    for (int i = 0; i < images.length; i++) {
      int number = i / 256;
      images[i] = number;
      labels[number] = number % 3;
    }
    var data =
        new DataSet("numbered", Range.UNIT, new ImageShape(16, 16, 1), images, labels, List.of());
    RunConfig config =
        RunConfig.of("cvae", "numbered", "reference")
            .with("size", "16")
            .with("batch", "3")
            .with("width", "2")
            .with("classes", "3");
    var step = new StepBuilder(9);
    try (Backend backend = backend(room)) {
      var feed = new Feed(data, Zoo.create(config), backend.roomBytes(), 9);
      Batch batch = feed.batches().getFirst();
      step.report("numbers", Ops.maxOver(batch.x(), 1, 2, 3));
      step.report("classes", Objects.requireNonNull(batch.y()));
      try (Program program = backend.compile(step.build())) {
        backend.write(StepBuilder.STEP, new double[1]);
        for (int s = 0; s < 6; s++) {
          feed.before(backend, program, s);
          program.run();
          double[] numbers = program.read("numbers");
          double[] classes = program.read("classes");
          for (int i = 0; i < 3; i++) {
            assertEquals(numbers[i] % 3, classes[i]);
          }
        }
      }
    }
  }

  @Test
  void moreClassesThanTheModelHasAreRefused() {
    var data =
        new DataSet(
            "many",
            Range.UNIT,
            new ImageShape(16, 16, 1),
            new float[2 * 256],
            new int[] {0, 4},
            List.of());
    RunConfig config =
        RunConfig.of("cvae", "many", "reference").with("size", "16").with("classes", "3");
    Refusal.of(() -> new Feed(data, Zoo.create(config), 0, 9), "'many' has 5 classes", "model 3");
  }
}
