// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.Backend;
import gander.graph.Program;
import gander.graph.op.Ops;
import gander.graph.op.Shape;
import gander.graph.reference.ReferenceBackend;
import gander.models.io.Safetensors;
import gander.models.io.SafetensorsWriter;
import gander.models.net.Network;
import gander.models.net.StepBuilder;
import gander.models.run.RunDirectory;
import gander.models.train.Trained;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * PyTorch computes with exported weights what Gander does, and Gander with imported ones what
 * PyTorch does, network by network. Needs a Python that has torch: {@code python3}, or the one that
 * the system property {@code gander.python} names.
 */
class PytorchWeightsTest {
  private static final String PYTHON = System.getProperty("gander.python", "python3");
  private static final int ROWS = 3;

  /** As the script allows. */
  private static final double TOLERANCE = 1e-5;

  private static final List<String> RUNS =
      List.of(
          "gan-mlp --size 8 --channels 3",
          "gan-mlp-bn --size 8 --channels 3",
          "gan-conv --size 8 --channels 3",
          "dcgan --size 16 --width 4",
          "dcgan --size 16 --width 4 --loss wgan-gp --n-critic 1",
          "cgan --size 16 --width 4",
          "ae --size 8 --channels 3",
          "vae --size 16 --width 4 --channels 3",
          "cvae --size 16 --width 4",
          "vae-gan --size 16 --width 4 --ema 0.5",
          "cvae-gan --size 16 --width 4");

  @TempDir Path folder;

  @BeforeAll
  static void needsTorch() {
    try {
      Process process =
          new ProcessBuilder(PYTHON, "-c", "import torch, numpy")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      Assumptions.assumeTrue(
          process.onExit().join().exitValue() == 0,
          () -> "needs torch and numpy in '%s', or another -Dgander.python".formatted(PYTHON));
    } catch (IOException e) {
      Assumptions.abort("needs a Python that has torch: " + e.getMessage());
    }
  }

  private static void script(String command, List<Path> files) throws IOException {
    String place = Repository.root().resolve("bench/peers/pytorch_weights.py").toString();
    var words = new ArrayList<>(List.of(PYTHON, place, command));
    files.forEach(file -> words.add(file.toString()));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.onExit().join().exitValue(), said);
  }

  /** A run of two steps, so that no bias or running mean is 0. */
  private static void train(String settings, Path run) {
    var words = new ArrayList<Object>(List.of("train"));
    words.addAll(List.of(settings.split(" ")));
    words.addAll(List.of("--data", "strokes", "--device", "reference", "--steps", 2));
    words.addAll(List.of("--batch", 4, "--zdim", 5, "--set", "samples=16", "--out", run));
    Cli.done(words.toArray());
  }

  @Test
  void bothComputeTheSame() throws IOException {
    var exported = new ArrayList<Path>();
    var wanted = new ArrayList<Path>();
    for (int i = 0; i < RUNS.size(); i++) {
      Path place = Files.createDirectory(folder.resolve("model" + i));
      train(RUNS.get(i), place.resolve("run"));
      Path weights = place.resolve("weights.safetensors");
      Path passes = place.resolve("passes.safetensors");
      Cli.done("export", place.resolve("run"), "--out", weights);
      pass(place.resolve("run"), passes);
      exported.addAll(List.of(weights, passes));
      wanted.add(place.resolve("run/config.json"));
      wanted.addAll(
          List.of(place.resolve("others.safetensors"), place.resolve("theirs.safetensors")));
    }
    script("check", exported);
    script("make", wanted);
    for (int i = 0; i < RUNS.size(); i++) {
      Path place = folder.resolve("model" + i);
      Path config = place.resolve("run/config.json");
      Path others = place.resolve("others.safetensors");
      Path again = place.resolve("again");
      Cli.done("import", "--weights", others, "--config", config, "--out", again);
      compare(RUNS.get(i), again, place.resolve("theirs.safetensors"));
    }
  }

  /** What a run's networks make of vectors and images at random. */
  private static void pass(Path run, Path file) {
    var random = new Random(7);
    var writer = new SafetensorsWriter();
    try (Backend backend = new ReferenceBackend();
        Trained trained = open(run, backend)) {
      for (Network network : trained.model().networks()) {
        double[] in = random.doubles((long) ROWS * network.input().size(), -1, 1).toArray();
        writer.add(network.name() + "/in", batch(network.input()).dims(), in);
        double[] out = pass(backend, trained, network, in);
        writer.add(network.name() + "/out", batch(network.output()).dims(), out);
      }
    }
    writer.write(file);
  }

  private static Shape batch(Shape sample) {
    return Network.batched(ROWS, sample);
  }

  private static Trained open(Path run, Backend backend) {
    RunDirectory opened = RunDirectory.open(run);
    return Trained.open(opened.checkpoint(null), opened.config(), backend);
  }

  private static double[] pass(Backend backend, Trained trained, Network network, double[] in) {
    var step = new StepBuilder(0, Ops.scalar(0));
    for (var weight : network.parameters()) {
      step.substitute(weight, trained.model().shown(weight).read());
    }
    var x = Ops.input("x", batch(network.input()));
    step.report("out", network.apply(step, x, Network.Mode.INFERENCE));
    try (Program program = backend.compile(step.snapshot())) {
      program.write("x", in);
      program.run();
      return program.read("out");
    }
  }

  private static void compare(String what, Path run, Path file) {
    try (Backend backend = new ReferenceBackend();
        Trained trained = open(run, backend);
        Safetensors recorded = Safetensors.open(file)) {
      for (Network network : trained.model().networks()) {
        double[] in = recorded.doubles(network.name() + "/in");
        double[] expected = recorded.doubles(network.name() + "/out");
        double[] actual = pass(backend, trained, network, in);
        assertEquals(expected.length, actual.length);
        double largest = 0;
        double off = 0;
        for (int i = 0; i < actual.length; i++) {
          largest = Math.max(largest, Math.abs(expected[i]));
          off = Math.max(off, Math.abs(actual[i] - expected[i]));
        }
        assertTrue(off <= TOLERANCE * largest, what + ": " + network.name() + " is off by " + off);
      }
    }
  }
}
