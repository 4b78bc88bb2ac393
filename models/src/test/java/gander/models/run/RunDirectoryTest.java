// SPDX-License-Identifier: Apache-2.0
package gander.models.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.Refusal;
import gander.models.run.RunDirectory.Saved;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
  private static final RunConfig CONFIG = RunConfig.of("dcgan", "some/where/mnist", "reference");
  private static final LocalDateTime NOW = LocalDateTime.of(2026, 3, 4, 5, 6, 7);

  @TempDir Path folder;

  @Test
  void aRunIsMadeWholeAndFoundAgain() throws IOException {
    Path root = folder.resolve("deep/down/run");
    RunDirectory made = RunDirectory.create(root, CONFIG);
    assertEquals(List.of("checkpoints", "config.json", "samples"), names(root));
    assertEquals(List.of("run"), names(folder.resolve("deep/down")));
    RunDirectory opened = RunDirectory.open(root);
    assertEquals(CONFIG, opened.config());
    assertEquals(root, made.root());
    assertEquals(root.resolve("metrics.jsonl"), opened.metricsFile());
    assertEquals(root.resolve("metrics.csv"), opened.metricsCsvFile());
    assertEquals(root.resolve("loss.png"), opened.lossPlotFile());
    assertEquals(root.resolve("samples/step-000500.png"), opened.sampleFile(500));
    assertEquals(
        root.resolve("checkpoints/step-12345678.safetensors"), opened.checkpointFile(12345678));
  }

  @Test
  void anEmptyDirectoryIsTaken() throws IOException {
    Path root = Files.createDirectory(folder.resolve("empty"));
    RunDirectory.create(root, CONFIG);
    assertTrue(Files.exists(root.resolve("config.json")));
  }

  @Test
  void whatIsThereIsNotTouched() throws IOException {
    Path root = Files.createDirectory(folder.resolve("full"));
    Files.writeString(root.resolve("precious"), "x");
    Refusal.of(() -> RunDirectory.create(root, CONFIG), root, "not empty", "resume");
    assertEquals(List.of("precious"), names(root));
    Path file = Files.writeString(folder.resolve("file"), "x");
    Refusal.of(() -> RunDirectory.create(file, CONFIG), file);
    Path dangling = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));
    Refusal.of(() -> RunDirectory.create(dangling, CONFIG), dangling);
    assertEquals(List.of("file", "full", "link"), names(folder));
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNamedAndNothingIsLeft() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    Path inFile = file.resolve("deep/run");
    Refusal.of(() -> RunDirectory.create(inFile, CONFIG), inFile, "may be written");
    assertEquals(List.of("file"), names(folder));
    Refusal.of(() -> RunDirectory.create(Path.of("/"), CONFIG), "/");
    Path kernel = Path.of("/proc/self/gander/run");
    Assumptions.assumeTrue(Files.exists(Path.of("/proc/self")), "needs /proc");
    Refusal.of(() -> RunDirectory.create(kernel, CONFIG), kernel, "may be written");
  }

  @Test
  void parentsMadeForARunThatFailsAreRemoved() throws IOException {
    // The name is legal for its parents but too long for the draft beside it.
    Path root = folder.resolve("new/parents").resolve("x".repeat(255));
    Refusal.of(() -> RunDirectory.create(root, CONFIG), "cannot make the run directory");
    assertEquals(List.of(), names(folder));
  }

  @Test
  void runsThatStartTogetherGetNamesOfTheirOwn() {
    var roots = new ConcurrentSkipListSet<String>();
    IntStream.range(0, 8)
        .parallel()
        .forEach(i -> {
          RunDirectory run = RunDirectory.create(folder.resolve("runs"), CONFIG, NOW);
          roots.add(String.valueOf(run.root().getFileName()));
        });
    assertEquals(8, roots.size());
    assertEquals("dcgan-mnist-20260304-050607", roots.first());
    assertTrue(roots.contains("dcgan-mnist-20260304-050607-8"), roots.toString());
  }

  @Test
  void onlyRunsAreOpened() {
    Refusal.of(() -> RunDirectory.open(folder), folder, "not a run directory", "config.json");
    Path missing = folder.resolve("missing");
    Refusal.of(() -> RunDirectory.open(missing), missing, "not a run directory");
  }

  @Test
  void theLatestCheckpointIsTheOneOfTheLastStep() throws IOException {
    RunDirectory run = RunDirectory.create(folder.resolve("run"), CONFIG);
    assertEquals(Optional.empty(), run.latestCheckpoint());
    for (long step : new long[] {1_000_000, 500, 999_999}) {
      Files.writeString(run.checkpointFile(step), "x");
    }
    for (String other :
        List.of(
            ".step-2000000.safetensors.77-1.tmp",
            "step-3000000.png",
            "notes",
            "step-.safetensors")) {
      Files.writeString(run.root().resolve("checkpoints").resolve(other), "x");
    }
    assertEquals(
        List.of(500L, 999_999L, 1_000_000L), run.checkpoints().stream().map(Saved::step).toList());
    assertEquals(
        Optional.of(new Saved(1_000_000, run.checkpointFile(1_000_000))), run.latestCheckpoint());
  }

  @Test
  void oneProcessTrainsARunAtATime() throws IOException {
    RunDirectory run = RunDirectory.create(folder.resolve("run"), CONFIG);
    Path litter = run.root().resolve("checkpoints/.step-000500.safetensors.77-1.tmp");
    Files.writeString(litter, "half");
    Files.writeString(run.checkpointFile(500), "whole");
    try (RunLock _ = run.lock()) {
      assertFalse(Files.exists(litter));
      assertTrue(Files.exists(run.checkpointFile(500)));
      Refusal.of(run::lock, run.root(), "another process");
      // Reading needs no lock.
      assertEquals(CONFIG, RunDirectory.open(run.root()).config());
      assertTrue(Files.exists(run.root().resolve("run.lock")));
    }
    run.lock().close();
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }
}
