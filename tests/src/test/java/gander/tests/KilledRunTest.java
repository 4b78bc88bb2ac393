// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gander.models.cli.Gander;
import gander.models.run.RunDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training processes that are killed (SIGKILL) at random moments, from their start on, and resumed
 * until the run is done: its checkpoints and metrics are those of a run that nothing happened to,
 * byte by byte. A run that is done gives way to a new one until enough were killed.
 */
class KilledRunTest {
  /** More with {@code -Dgander.kills=200}. */
  private static final int KILLS = Integer.getInteger("gander.kills", 20);

  private static final int STARTING_MILLIS = 1000;
  private static final int TRAINING_MILLIS = 500;
  private static final int STEPS = 60;

  @TempDir Path folder;
  private int killed;
  private int resumed;

  @Test
  void killedRunsEndAsIfNothingHadHappened() throws Exception {
    Path data = IdxFiles.folder(folder.resolve("data"), 8, 4);
    Path undisturbed = folder.resolve("whole");
    Cli.done(training(data, undisturbed).toArray());
    RunDirectory whole = RunDirectory.open(undisturbed);
    var random = new Random(1);
    int runs = 0;
    while (killed < KILLS) {
      Path root = folder.resolve("run" + runs++);
      finish(data, root, random);
      same(whole, RunDirectory.open(root));
    }
    System.out.printf(
        "%d processes killed, of which %d had gone on from a checkpoint, in %d runs: none lost%n",
        killed, resumed, runs);
  }

  private static List<String> training(Path data, Path root) {
    String command =
        "train gan-mlp --device reference --batch 2 --size 4 --zdim 3 --set samples=4 --set ema=0.9 --sample-every 7 --log-every 1 --checkpoint-every 1 --steps %d --data %s --out %s"
            .formatted(STEPS, data, root);
    return List.of(command.split(" "));
  }

  /** Trains a run to its end, through as many processes as it takes. */
  private void finish(Path data, Path root, Random random) throws Exception {
    while (true) {
      boolean begun = Files.exists(root);
      boolean goesOn = begun && RunDirectory.open(root).latestCheckpoint().isPresent();
      Process process =
          start(begun ? List.of("train", "--resume", root.toString()) : training(data, root));
      var said = new StringBuilder();
      if (random.nextInt(5) == 0) {
        Thread.sleep(random.nextInt(STARTING_MILLIS));
      } else {
        hearOf("step", process, said); // it trains from here on
        Thread.sleep(random.nextInt(TRAINING_MILLIS));
      }
      // Enough were killed: the run is finished, and the last process is left alone.
      if (killed == KILLS || !process.isAlive()) {
        hearOf("no such line", process, said);
        assertEquals(0, process.waitFor(), said::toString);
        return;
      }
      process.destroyForcibly().waitFor();
      killed++;
      resumed += goesOn ? 1 : 0;
    }
  }

  /** Reads what a process says until a line has that word, or to the end. */
  private static void hearOf(String word, Process process, StringBuilder said) throws IOException {
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      said.append(line).append('\n');
      if (line.contains(word)) {
        return;
      }
    }
  }

  private static Process start(List<String> words) throws IOException {
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Gander.class.getName()));
    command.addAll(words);
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static void same(RunDirectory whole, RunDirectory other) throws IOException {
    assertEquals(whole.checkpoints().size(), other.checkpoints().size());
    for (RunDirectory.Saved checkpoint : whole.checkpoints()) {
      assertArrayEquals(
          Files.readAllBytes(checkpoint.file()),
          Files.readAllBytes(other.checkpointFile(checkpoint.step())),
          () -> other.root() + ", step " + checkpoint.step());
    }
    assertEquals(Files.readString(whole.metricsFile()), Files.readString(other.metricsFile()));
  }
}
