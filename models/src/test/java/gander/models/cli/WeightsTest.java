// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.io.Safetensors;
import gander.models.io.SafetensorsWriter;
import gander.models.run.RunDirectory;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Weights that leave in PyTorch's layouts come back as they were. */
class WeightsTest {
  static final List<String> MODELS = Zoo.MODELS;

  /** A run of gan-mlp and its weights, which are only read. */
  @TempDir static Path shared;

  private static Path game = Path.of("");
  private static Path weights = Path.of("");

  @TempDir Path folder;

  @BeforeAll
  static void trainOne() {
    game = trainedIn(shared, "gan-mlp");
    weights = shared.resolve("weights.safetensors");
    done("export", game, "--out", weights);
  }

  private Path trained(String model, Object... more) {
    return trainedIn(folder, model, more);
  }

  private static Path trainedIn(Path folder, String model, Object... more) {
    Path run = folder.resolve("run");
    var words = new ArrayList<Object>(List.of("train", model, "--device", "reference"));
    words.addAll(List.of("--data", "strokes", "--size", 16, "--batch", 4, "--zdim", 5));
    words.addAll(List.of("--steps", 1, "--set", "samples=16", "--out", run));
    words.addAll(Zoo.isHalving(model) ? List.of("--set", "width=2") : List.of());
    words.addAll(Arrays.asList(more));
    done(words.toArray());
    return run;
  }

  private static void done(Object... words) {
    Said said = Said.by(words);
    assertEquals(0, said.code(), said.err());
  }

  private Path exported(Path run, Object... more) {
    Path file = folder.resolve("weights.safetensors");
    var words = new ArrayList<Object>(List.of("export", run, "--out", file));
    words.addAll(Arrays.asList(more));
    done(words.toArray());
    return file;
  }

  private Said imported(Path run, Path file, Object... more) {
    return importedTo(folder.resolve("again"), run, file, more);
  }

  private static Said importedTo(Path out, Path run, Path file, Object... more) {
    var words = new ArrayList<Object>(List.of("import", "--weights", file, "--out", out));
    words.addAll(List.of("--config", run.resolve("config.json")));
    words.addAll(Arrays.asList(more));
    return Said.by(words.toArray());
  }

  private static double[] values(Path run, String variable) {
    try (Safetensors all =
        Safetensors.open(RunDirectory.open(run).latestCheckpoint().orElseThrow().file())) {
      return all.doubles(variable);
    }
  }

  @ParameterizedTest
  @FieldSource("MODELS")
  void everyModelComesBackToTheBit(String name) {
    Path run = trained(name);
    Said said = imported(run, exported(run));
    assertEquals(0, said.code(), said.err());
    Path again = folder.resolve("again");
    assertEquals(0, RunDirectory.open(again).latestCheckpoint().orElseThrow().step());
    Model model = Zoo.create(RunDirectory.open(run).config());
    assertTrue(model.networks().size() >= 2);
    model
        .networks()
        .forEach(network -> {
          var all = new ArrayList<>(network.parameters());
          all.addAll(network.statistics());
          all.forEach(v -> assertArrayEquals(values(run, v.name()), values(again, v.name())));
        });
    assertArrayEquals(new double[] {0}, values(again, "step"));
    done("sample", again, "--count", 8, "--out", folder.resolve("eight.png"));
  }

  @Test
  void aRunGoesOnFromThem() {
    Path run = trained("gan-mlp-bn");
    assertEquals(0, imported(run, exported(run)).code());
    Path again = folder.resolve("again");
    done("resume", again);
    assertEquals(1, RunDirectory.open(again).latestCheckpoint().orElseThrow().step());
    assertFalse(Arrays.equals(values(run, "g/0/weight"), values(again, "g/0/weight")));
  }

  @Test
  void theAverageLeavesUnlessRaw() {
    Path run = trained("gan-mlp", "--ema", 0.5);
    Path average = exported(run);
    assertEquals(0, imported(run, average).code());
    Path again = folder.resolve("again");
    assertArrayEquals(values(run, "ema/g/1/weight"), values(again, "g/1/weight"));
    assertArrayEquals(values(run, "ema/g/1/weight"), values(again, "ema/g/1/weight"));
    average.toFile().delete();
    Path raw = exported(run, "--raw");
    assertEquals(0, importedTo(folder.resolve("raw"), run, raw).code());
    assertArrayEquals(values(run, "g/1/weight"), values(folder.resolve("raw"), "g/1/weight"));
  }

  @Test
  void oneNetworkMayComeAlone() {
    Path file = folder.resolve("g.safetensors");
    var writer = new SafetensorsWriter();
    try (Safetensors all = Safetensors.open(weights)) {
      all.names().stream()
          .filter(name -> name.startsWith("g."))
          .forEach(name -> writer.add(name, all.shape(name), all.doubles(name)));
    }
    writer.write(file);
    refused(imported(game, file), "no tensor 'd.0.weight'", "gan-mlp", "[256,256]");
    assertEquals(0, imported(game, file, "--only", "g").code());
    Path again = folder.resolve("again");
    assertArrayEquals(values(game, "g/2/bias"), values(again, "g/2/bias"));
    assertFalse(Arrays.equals(values(game, "d/0/weight"), values(again, "d/0/weight")));
  }

  private void refused(Said said, String... parts) {
    assertEquals(2, said.code(), said.err());
    assertEquals(1, said.err().lines().count(), said.err());
    for (String part : parts) {
      assertTrue(said.err().contains(part), said.err());
    }
    assertFalse(Files.exists(folder.resolve("again")));
  }

  @ParameterizedTest
  @CsvSource({
    "d.4.bias, 1, , no tensor 'd.4.bias'",
    "d.4.bias, 2, 0, tensor 'd.4.bias' of shape [2]",
    "d.4.bias, 1, NaN, values in tensor 'd.4.bias'",
    "d.9.bias, 1, 0, a tensor 'd.9.bias' that"
  })
  void whatDoesNotFitIsNamed(String name, int elements, @Nullable Double value, String reason) {
    Path file = folder.resolve("changed.safetensors");
    var writer = new SafetensorsWriter();
    try (Safetensors all = Safetensors.open(weights)) {
      all.names().stream()
          .filter(other -> !other.equals(name))
          .forEach(other -> writer.add(other, all.shape(other), all.doubles(other)));
    }
    if (value != null) {
      var values = new double[elements];
      Arrays.fill(values, value);
      writer.add(name, new int[] {elements}, values);
    }
    writer.write(file);
    refused(imported(game, file), reason);
  }

  @Test
  void whatCannotBeWrittenOrReadIsRefused() {
    refused(Said.by("export", game, "--out", weights), "is there already");
    refused(Said.by("export", game, "--step", 7, "--out", folder.resolve("x")), "no checkpoint");
    refused(imported(game, folder.resolve("none")), "does not exist");
    refused(imported(game, weights, "--only", "gg"), "no network 'gg'", "'g'", "g, d");
    refused(imported(game, weights, "--zdim", 6), "'g.0.weight' of shape [256, 5]", "[256,6]");
    refused(importedTo(game, game, weights), "is there already");
  }
}
