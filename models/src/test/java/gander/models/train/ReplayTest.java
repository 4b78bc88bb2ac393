// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Graph;
import gander.graph.Program;
import gander.graph.op.Input;
import gander.graph.op.Node;
import gander.graph.op.Random;
import gander.graph.op.Tensor;
import gander.graph.op.Variable;
import gander.graph.reference.ReferenceBackend;
import gander.models.Refusal;
import gander.models.SharedData;
import gander.models.io.SafetensorsWriter;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replays of traces: one that PyTorch recorded, and small ones recorded here and then damaged. */
class ReplayTest {
  private static final String CONFIG =
      "{\"model\": \"gan-mlp\", \"loss\": \"wgan-gp\", \"batch\": 3, \"size\": 2, \"channels\": 1, \"zdim\": 2,"
          + " \"optimizer\": \"adam\", \"lr\": 0.001, \"beta1\": 0.5, \"beta2\": 0.9, \"n_critic\": 2, \"steps\": 2}";

  @TempDir Path folder;

  @Test
  void aRunOfPyTorchIsFollowedToTheLastDigits() {
    Path trace = SharedData.path("traces", "gan-mlp.safetensors");
    try (var backend = new ReferenceBackend()) {
      Replay.Result result = Replay.run(trace, backend, 1e-9, true);
      assertNull(result.firstBeyond());
      assertEquals(5, result.steps());
      assertEquals(12, result.weights().size());
      assertTrue(Replay.Result.largest(result.losses()) < 1e-12);
    }
  }

  /** Records a small run of this project's own, changes the trace, and replays it. */
  private Replay.Result replay(String config, Consumer<Recorded> change) {
    var recorded = new Recorded();
    record(recorded);
    change.accept(recorded);
    Path file = folder.resolve("trace.safetensors");
    var writer =
        new SafetensorsWriter().metadata("format", recorded.format).metadata("config", config);
    recorded.tensors.forEach((name, tensor) -> writer.add(name, tensor.shape, tensor.values));
    writer.write(file);
    try (var backend = new ReferenceBackend()) {
      return Replay.run(file, backend, 1e-12, true);
    }
  }

  private record Stored(int[] shape, double[] values) {}

  private static final class Recorded {
    private String format = "gander-trace-1";
    private final Map<String, Stored> tensors = new TreeMap<>();

    void shift(String name, double by) {
      Objects.requireNonNull(tensors.get(name)).values[0] += by;
    }
  }

  private static void record(Recorded recorded) {
    RunConfig settings =
        RunConfig.of("gan-mlp", "x", "reference")
            .with("loss", "wgan-gp")
            .with("batch", "3")
            .with("size", "2")
            .with("zdim", "2")
            .with("learningRate", "0.001")
            .with("beta1", "0.5")
            .with("beta2", "0.9")
            .with("nCritic", "2");
    var random = new SplittableRandom(4);
    Model model = Zoo.create(settings);
    try (var backend = new ReferenceBackend()) {
      model.initialize(backend, 5);
      List<Variable> weights =
          model.variables().stream().filter(v -> v.name().matches("[gd]/./\\w+")).toList();
      weights.forEach(v -> put(recorded, "init/", v, backend.read(v)));
      Graph graph = model.step(new StepBuilder(0));
      Set<String> draws = new LinkedHashSet<>();
      for (Node node : graph.nodes()) {
        if (node.op() instanceof Random draw) {
          draws.add(draw.key());
        }
      }
      Graph fed = graph.withDrawsAsInputs(draws);
      try (Program program = backend.compile(fed)) {
        for (int step = 0; step < 2; step++) {
          String key = "step/%04d/".formatted(step);
          for (Tensor input : fed.inputs().values()) {
            double[] values = random.doubles(input.shape().size()).toArray();
            program.write(((Input) input.op()).key(), values);
            recorded.tensors.put(
                key + ((Input) input.op()).key(), new Stored(input.shape().dims(), values));
          }
          program.run();
          for (String loss : List.of("d", "g")) {
            recorded.tensors.put(key + "loss/" + loss, new Stored(new int[0], program.read(loss)));
          }
        }
      }
      weights.forEach(v -> put(recorded, "final/", v, backend.read(v)));
    }
  }

  private static void put(Recorded recorded, String kind, Variable variable, double[] values) {
    recorded.tensors.put(kind + variable.name(), new Stored(variable.shape().dims(), values));
  }

  @Test
  void aRunIsFollowedExactly() {
    assertNull(replay(CONFIG, trace -> {}).firstBeyond());
  }

  @Test
  void aTraceSaysHeightAndWidthAsAConfigDoes() {
    String config = CONFIG.replace("\"size\": 2", "\"size\": \"1x4\"");
    assertTrue(config.contains("1x4"));
    assertNull(replay(config, trace -> {}).firstBeyond(), "as many pixels");
  }

  @Test
  void theFirstLossBeyondIsNamed() {
    Replay.Result result = replay(CONFIG, trace -> trace.shift("step/0001/loss/d", 0.1));
    assertNotNull(result.firstBeyond());
    assertTrue(result.firstBeyond().startsWith("loss d of step 1 "), result.firstBeyond());
  }

  @Test
  void theFirstWeightBeyondIsNamed() {
    Replay.Result result = replay(CONFIG, trace -> trace.shift("final/d/1/bias", 1e-6));
    assertNotNull(result.firstBeyond());
    assertTrue(result.firstBeyond().startsWith("weight d/1/bias "), result.firstBeyond());
  }

  @Test
  void whatIsMissingOrStrangeIsNamed() {
    Refusal.of(() -> replay(CONFIG, trace -> trace.tensors.remove("step/0001/x")), "step/0001/x");
    Refusal.of(
        () -> replay(CONFIG, trace -> trace.tensors.remove("final/g/0/bias")), "final/g/0/bias");
    Refusal.of(() -> replay(CONFIG, trace -> trace.tensors.remove("step/0000/eps")), "eps");
    Refusal.of(
        () ->
            replay(
                CONFIG,
                trace ->
                    trace.tensors.put("init/d/9/bias", new Stored(new int[] {1}, new double[1]))),
        "d/9/bias");
    Refusal.of(
        () ->
            replay(
                CONFIG,
                trace ->
                    trace.tensors.put(
                        "init/d/2/bias", new Stored(new int[] {1, 1}, new double[1]))),
        "d/2/bias",
        "[1, 1]");
    Refusal.of(() -> replay(CONFIG, trace -> trace.format = "other"), "other");
    Refusal.of(() -> replay("{", trace -> {}), "JSON");
    Refusal.of(() -> replay("{\"steps\": 2}", trace -> {}), "model");
    Refusal.of(
        () -> replay(CONFIG.replace("clip", "x").replace("\"lr\"", "\"rate\""), t -> {}), "rate");
    Refusal.of(() -> replay(CONFIG.replace("gan-mlp", "gan-mpl"), trace -> {}), "gan-mpl");
  }
}
