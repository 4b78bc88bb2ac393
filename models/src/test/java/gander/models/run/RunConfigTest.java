// SPDX-License-Identifier: Apache-2.0
package gander.models.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.Refusal;
import gander.models.data.ImageSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunConfigTest {
  private static final RunConfig DEFAULTS = RunConfig.of("dcgan", "strokes", "opencl:0");

  @TempDir Path folder;

  @Test
  void aConfigIsReadAsItWasWritten() throws IOException {
    RunConfig config =
        DEFAULTS
            .with("loss", "wgan-gp")
            .with("learningRate", "1e-4")
            .with("beta1", "0")
            .with("seed", "-9223372036854775808");
    Path file = Files.writeString(folder.resolve("config.json"), config.toJson());
    assertEquals(config, RunConfig.read(file));
    assertEquals(1e-4, config.learningRate());
    assertEquals(0.0, config.beta1());
    assertEquals(Long.MIN_VALUE, config.seed());
  }

  @Test
  void defaultsThatHoldAreNotWritten() {
    assertNull(DEFAULTS.loss());
    assertFalse(DEFAULTS.toJson().contains("loss"), DEFAULTS.toJson());
    assertTrue(DEFAULTS.toJson().startsWith("{\n  \"model\" : \"dcgan\",\n"), DEFAULTS.toJson());
  }

  @Test
  void aPartialFileChangesWhatItHolds() throws IOException {
    RunConfig changed = DEFAULTS.with(file("{\"steps\": 7, \"zdim\": 12}"));
    assertEquals(7, changed.steps());
    assertEquals(12, changed.zdim());
    assertEquals(DEFAULTS.batch(), changed.batch());
    assertNull(changed.with("zdim", "null").zdim());
  }

  @Test
  void textNeedsNoQuotes() {
    assertEquals("hinge", DEFAULTS.with("loss", "hinge").loss());
    assertEquals("hinge", DEFAULTS.with("loss", "\"hinge\"").loss());
    assertEquals("../fashion mnist", DEFAULTS.with("data", "../fashion mnist").data());
    Refusal.of(() -> DEFAULTS.with("model", ""), "'model' is missing");
  }

  @ParameterizedTest
  @CsvSource({"64, 64, 64, 64", "48x64, 48, 64, '\"48x64\"'", "64x64, 64, 64, 64"})
  void aSizeIsASideOrHeightAndWidth(String text, int height, int width, String json)
      throws IOException {
    RunConfig config = DEFAULTS.with("size", text);
    assertEquals(new ImageSize(height, width), config.size());
    assertTrue(config.toJson().contains("\"size\" : " + json), config.toJson());
    assertEquals(config, RunConfig.read(file(config.toJson())));
    Path yaml = Files.writeString(folder.resolve("size.yaml"), "size: " + text);
    assertEquals(config, DEFAULTS.with(yaml));
  }

  @ParameterizedTest
  @CsvSource({
    "learning_rate, learningRate",
    "LEARNINGRATE, learningRate",
    "step, steps",
    "n_critic, nCritic",
    "batchSize, batch",
    "lamda, lambda"
  })
  void anUnknownKeyNamesTheNearest(String key, String nearest) throws IOException {
    Refusal.of(() -> DEFAULTS.with(key, "1"), "unknown key '" + key + "'", "'" + nearest + "'");
    Path file = file("{\"" + key + "\": 1}");
    Refusal.of(() -> DEFAULTS.with(file), file, "'" + key + "'", "'" + nearest + "'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "steps; 1.5; a whole number",
        "steps; \"10\"; a whole number",
        "steps; null; a whole number",
        "batch; many; a whole number",
        "batch; 99999999999; a whole number",
        "zdim; true; a whole number",
        "learningRate; fast; a number",
        "learningRate; \"1e-4\"; a number",
        "tensorboard; maybe; true or false",
        "size; 1.5; height and width",
        "size; big; height and width",
        "size; 64x; height and width",
        "size; 99999999999; height and width",
        "size; 1x2x3; height and width",
        "size; true; height and width",
        "loss; 5; text",
        "loss; [1]; text"
      })
  void aValueOfTheWrongKindSaysWhichIsRight(String key, String value, String kind) {
    Refusal.of(() -> DEFAULTS.with(key, value), "'" + key + "' must be", kind);
  }

  @ParameterizedTest
  @CsvSource({
    "steps, 0, at least 1",
    "batch, -3, at least 1",
    "logEvery, 0, at least 1",
    "sampleEvery, -1, at least 0",
    "size, 0, at least 1",
    "size, 0x64, at least 1",
    "nCritic, 0, at least 1",
    "learningRate, 0, greater than 0",
    "learningRate, 1e999, greater than 0",
    "clip, -0.01, greater than 0",
    "lambda, -1, 0 or greater",
    "beta1, 1, below 1",
    "beta2, -0.1, below 1",
    "momentum, 1.5, below 1",
    "ema, 1, below 1",
    "clipNorm, 0, greater than 0",
    "warmup, -1, at least 0",
    "keepLast, 0, at least 1",
    "nGenerator, 0, at least 1",
    "finalRate, -1, 0 or greater"
  })
  void aValueOutOfRangeIsRefused(String key, String value, String reason) {
    Refusal.of(() -> DEFAULTS.with(key, value), "'" + key + "' must be", reason);
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    String whole = DEFAULTS.toJson();
    for (String key : new String[] {"model", "data", "device", "seed", "steps", "logEvery"}) {
      Path file = file(whole.replaceFirst("\"" + key + "\" : [^\n]*\n", ""));
      Refusal.of(() -> RunConfig.read(file), file, "'" + key + "' is missing");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{\"steps\": 5,}", "{} {}", "{\"steps\": 5, \"steps\": 6}"})
  void brokenJsonIsRefused(String text) throws IOException {
    Path file = file(text);
    Refusal.of(() -> DEFAULTS.with(file), file);
  }

  @Test
  void yamlIsReadAsJsonIs() throws IOException {
    Path yaml = folder.resolve("some.yaml");
    Files.writeString(
        yaml, "# small\nsteps: 7\nlearningRate: 1e-4\nloss: hinge\ntensorboard: true\n");
    RunConfig changed = DEFAULTS.with(yaml);
    assertEquals(
        DEFAULTS
            .with("steps", "7")
            .with("learningRate", "1e-4")
            .with("loss", "hinge")
            .with("tensorboard", "true"),
        changed);
    assertEquals("hinge", RunConfig.text(yaml, "loss"));
    assertNull(RunConfig.text(yaml, "model"));
    for (String broken :
        List.of("", "steps", "- 1\n", "steps: [", "steps: 1\nsteps: 2\n", "step: 1\n", "zdim: x")) {
      Files.writeString(yaml, broken);
      Refusal.of(() -> DEFAULTS.with(yaml), yaml);
    }
  }

  @Test
  void aFileMustHoldAnObject() throws IOException {
    Path file = file("[1]");
    Refusal.of(() -> RunConfig.read(file), file, "object");
    Path missing = folder.resolve("missing.json");
    Refusal.of(() -> RunConfig.read(missing), missing);
  }

  @Test
  void distancesAreEdits() {
    assertEquals(0, Nearest.distance("abc", "abc"));
    assertEquals(3, Nearest.distance("", "abc"));
    assertEquals(3, Nearest.distance("kitten", "sitting"));
    assertEquals(2, Nearest.distance("flaw", "lawn"));
    assertEquals("dcgan", Nearest.to("DCGN", List.of("vae", "dcgan", "cgan")));
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("some.json"), text);
  }
}
