// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gander.models.cli.Gander;
import gander.models.run.RunDirectory;
import gander.models.zoo.Zoo;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training processes of every model that are killed (SIGKILL) at random moments, from their start
 * on, and resumed until the run is done: its checkpoints and metrics are those of a run that
 * nothing happened to, byte by byte. As many are killed of each model.
 */
class KilledRunTest {
  /** What changes from step to step besides parameters and Adam's moments is in one run or more. */
  private static final List<String> RUNS = runs();

  /** More with {@code -Dgander.kills=200}. */
  private static final int KILLS = Integer.getInteger("gander.kills", RUNS.size());

  private static final int STEPS = 12;

  /** At most so long after a process was started it is killed, or after a checkpoint. */
  private static final int STARTING_MILLIS = 1000;

  private static final int STEP_MILLIS = 100;

  @TempDir Path folder;
  private final Random random = new Random(1);
  private int killed;
  private int resumed;

  private static List<String> runs() {
    var runs = new ArrayList<>(Zoo.MODELS);
    runs.add("gan-mlp --loss hinge+spectral-norm+lecam --set historicalAveraging=1");
    runs.add("dcgan --loss wgan --set virtualBatchNorm=g+d");
    runs.add("cvae-gan --rho 0.9");
    return runs;
  }

  @Test
  void killedRunsEndAsIfNothingHadHappened() throws Exception {
    Path data = IdxFiles.folder(folder.resolve("data"), 8, 4);
    int killsOfEach = Math.ceilDiv(KILLS, RUNS.size());
    for (String run : RUNS) {
      int enough = Math.min(KILLS, killed + killsOfEach);
      List<String> words = training(run, data);
      String name = "run" + RUNS.indexOf(run);
      Path undisturbed = folder.resolve(name + "-whole");
      Cli.done(to(words, undisturbed).toArray());
      for (int again = 0; killed < enough; again++) {
        Path root = folder.resolve(name + "-" + again);
        finish(to(words, root), root, enough);
        same(RunDirectory.open(undisturbed), RunDirectory.open(root));
      }
    }
    System.out.printf(
        "%d processes killed, of which %d had gone on from a checkpoint: no run lost%n",
        killed, resumed);
  }

  private static List<String> training(String run, Path data) {
    String model = run.split(" ")[0];
    String sizes = Zoo.isHalving(model) ? "--size 16 --set width=2" : "--size 4";
    String command =
        "train %s %s --device reference --batch 2 --zdim 3 --set samples=8 --set ema=0.9 --sample-every 7 --log-every 1 --checkpoint-every 1 --steps %d --data %s"
            .formatted(run, sizes, STEPS, data);
    return List.of(command.split(" "));
  }

  private static List<String> to(List<String> training, Path root) {
    var words = new ArrayList<>(training);
    words.addAll(List.of("--out", root.toString()));
    return words;
  }

  /**
   * Trains a run to its end, through as many processes as it takes; when enough were killed, the
   * last is left alone.
   */
  private void finish(List<String> training, Path root, int enough) throws Exception {
    while (true) {
      List<String> goingOn = List.of("train", "--resume", root.toString());
      long from = lastStep(root);
      File said = folder.resolve("said").toFile();
      Process process = start(Files.exists(root) ? goingOn : training, said);
      if (killed < enough) {
        waitForAMoment(process, root, from);
      }
      if (killed == enough || !process.isAlive()) {
        assertEquals(0, process.waitFor(), () -> read(said));
        return;
      }
      process.destroyForcibly().waitFor();
      killed++;
      resumed += from > 0 ? 1 : 0;
    }
  }

  /** Waits until the process is somewhere in its start, or behind some checkpoint. */
  private void waitForAMoment(Process process, Path root, long from) throws Exception {
    if (random.nextInt(5) == 0) {
      Thread.sleep(random.nextInt(STARTING_MILLIS));
      return;
    }
    long step = from + random.nextInt((int) (STEPS - from) + 1);
    while (process.isAlive() && lastStep(root) < step) {
      Thread.sleep(1);
    }
    Thread.sleep(random.nextInt(STEP_MILLIS));
  }

  /** The step of the last checkpoint; 0 without one. */
  private static long lastStep(Path root) {
    return Files.exists(root.resolve("config.json"))
        ? RunDirectory.open(root).latestCheckpoint().map(RunDirectory.Saved::step).orElse(0L)
        : 0;
  }

  private static String read(File file) {
    try {
      return Files.readString(file.toPath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Process start(List<String> words, File said) throws IOException {
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Gander.class.getName()));
    command.addAll(words);
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said).start();
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
