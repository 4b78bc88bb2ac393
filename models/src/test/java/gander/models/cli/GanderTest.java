// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line as a person meets it: exit codes, one sentence for what cannot be done. */
class GanderTest {
  @TempDir Path folder;

  private void refused(String named, Object... words) throws IOException {
    List<Path> before = files();
    Said said = Said.by(words);
    assertEquals(2, said.code(), said.err());
    assertTrue(said.err().contains(named), "'" + named + "' in: " + said.err());
    assertEquals(1, said.err().lines().count(), said.err());
    assertFalse(said.err().contains("Exception"), said.err());
    assertEquals(before, files(), "nothing is left behind");
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return new ArrayList<>(all.sorted().toList());
    }
  }

  @Test
  void badWordsAreRefusedInOneSentence() throws IOException {
    refused("did you mean 'train'", "tran");
    refused("did you mean '--steps'", "train", "ae", "--step", "3");
    refused("gan-mlp", "train", "gan-mpl", "--device", "reference");
    refused("hinge", "train", "gan-mlp", "--loss", "hing", "--device", "reference");
    refused("vulkan", "train", "gan-mlp", "--device", "vulkan", "--out", folder.resolve("a"));
    refused("steps", "train", "ae", "--steps", "many");
    refused("'batch' must be", "train", "ae", "--batch", "0", "--device", "reference");
    refused("nearest", "train", "ae", "--set", "learningrat=1", "--device", "reference");
    refused("none", "train", "ae", "--data", folder.resolve("none"), "--device", "reference");
    refused("nowhere", "resume", folder.resolve("nowhere"));
    refused("nowhere", "sample", folder.resolve("nowhere"));
    refused("nowhere", "replay", folder.resolve("nowhere"), "--device", "reference");
    refused("reference", "plan", "gan-mlp", "--device", "reference");
  }

  @Test
  void damagedFilesAreRefusedInOneSentence() throws IOException {
    Path trace = Files.write(folder.resolve("t.safetensors"), new byte[] {1, 2, 3});
    refused("t.safetensors", "replay", trace, "--device", "reference");
    Path data = Files.createDirectory(folder.resolve("data"));
    refused("train-images", "train", "ae", "--data", data, "--device", "reference");
    Files.write(data.resolve("train-images-idx3-ubyte.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0});
    refused("train-images-idx3-ubyte.gz", "train", "ae", "--data", data, "--device", "reference");
  }

  @Test
  void aRunDirectoryThatIsThereIsLeftAlone() throws IOException {
    Path run = Files.createDirectory(folder.resolve("run"));
    Files.writeString(run.resolve("mine.txt"), "mine");
    Said said = Said.by("train", "ae", "--steps", "1", "--device", "reference", "--out", run);
    assertEquals(2, said.code());
    assertTrue(said.err().contains(run.toString()), said.err());
    assertEquals(List.of(folder, run, run.resolve("mine.txt")), files());
  }

  @Test
  void aRunIsTrainedSampledAndResumed() {
    Path run = folder.resolve("run");
    Said trained =
        Said.by(
            "train",
            "gan-mlp",
            "--steps",
            "2",
            "--batch",
            "4",
            "--size",
            "8",
            "--device",
            "reference",
            "--out",
            run,
            "--set",
            "samples=9");
    assertEquals(0, trained.code(), trained.err());
    assertEquals(run + System.lineSeparator(), trained.out());
    Path sheet = folder.resolve("sheet.png");
    Said sampled = Said.by("sample", run, "--count", "9", "--out", sheet);
    assertEquals(0, sampled.code(), sampled.err());
    assertTrue(Files.exists(sheet));
    Said resumed = Said.by("resume", run);
    assertEquals(0, resumed.code(), resumed.err());
    assertTrue(resumed.err().contains("going on from step 2 of 2"), resumed.err());
  }

  @Test
  void settingsComeFromAFileAndOptionsCountMore() throws IOException {
    Path file = folder.resolve("small.yaml");
    Files.writeString(
        file,
        "model: ae\ndevice: reference\nsteps: 1\nbatch: 4\nsize: 8\nsamples: 16\nlearningRate: 1e-2\n");
    Path run = folder.resolve("run");
    Said said =
        Said.by(
            "train",
            "--config",
            file,
            "--batch",
            5,
            "--ema",
            "0.5",
            "--keep-last",
            2,
            "--out",
            run);
    assertEquals(0, said.code(), said.err());
    RunConfig config = RunDirectory.open(run).config();
    RunConfig expected =
        RunConfig.of("ae", "strokes", "reference")
            .with("steps", "1")
            .with("batch", "5")
            .with("size", "8")
            .with("samples", "16")
            .with("channels", "1")
            .with("learningRate", "0.01")
            .with("ema", "0.5")
            .with("keepLast", "2");
    assertEquals(expected, config);
    refused("'learningRat'", "train", "ae", "--set", "learningRat=1", "--device", "reference");
    refused("a number", "train", "ae", "--learning-rate", "fast", "--device", "reference");
    refused("no model is named", "train", "--device", "reference");
    refused("no.yaml", "train", "--config", folder.resolve("no.yaml"), "--device", "reference");
  }

  @Test
  void runsAreComparedAndGoOn() throws IOException {
    for (String name : new String[] {"a", "b"}) {
      Path run = folder.resolve("runs").resolve(name);
      String command =
          "train gan-mlp --steps 2 --batch 4 --size 8 --device reference --samples 4 --log-every 1 --out ";
      assertEquals(0, Said.by((Object[]) (command + run).split(" ")).code());
    }
    Said table = Said.by("runs", folder.resolve("runs"));
    assertEquals(0, table.code(), table.err());
    List<String> lines = table.out().lines().toList();
    assertEquals(3, lines.size(), table.out());
    assertTrue(lines.get(1).contains("runs/a ") && lines.get(2).contains("runs/b "), table.out());
    assertTrue(lines.get(1).contains(" gan-mlp  strokes  minimax-ns  reference "), table.out());
    assertTrue(
        lines.get(1).matches(".* 2 +2 +real .* d [\\d.]+ g [\\d.]+ +[\\d.]+ +20.*"), table.out());
    Said json = Said.by("runs", folder.resolve("runs/a"), "--json");
    assertTrue(json.out().startsWith("{\"run\":\"" + folder.resolve("runs/a")), json.out());
    Said goneOn = Said.by("train", "--resume", folder.resolve("runs/a"));
    assertTrue(goneOn.err().contains("going on from step 2 of 2"), goneOn.err());
    refused("leave out --steps", "train", "--resume", folder.resolve("runs/a"), "--steps", 5);
    refused("there is no run in", "runs", folder.resolve("runs/a/samples"));
    refused("nowhere", "runs", folder.resolve("nowhere"));
  }

  @Test
  void helpListsEveryCommand() {
    String help = Said.by("--help").out();
    for (String command :
        List.of("train", "resume", "runs", "sample", "replay", "plan", "devices", "data")) {
      assertTrue(help.contains("  " + command), command);
    }
  }
}
