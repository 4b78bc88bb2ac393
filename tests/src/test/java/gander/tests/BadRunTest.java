// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.cli.Said;
import gander.models.run.RunDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs where none can be, runs that are none, and runs with a file damaged or gone: one sentence
 * names the file and what helps, nothing is made and nothing of the run is changed; and what helps
 * does help.
 */
class BadRunTest {
  private static final int STEPS = 4;

  @TempDir Path folder;
  private Path data = Path.of("");

  @BeforeEach
  void makeData() throws IOException {
    data = IdxFiles.folder(folder.resolve("data"), 8, 4);
  }

  private Object[] training(Path run) {
    String command =
        "train gan-mlp --device reference --batch 2 --size 4 --zdim 3 --set samples=4 --checkpoint-every 2 --steps %d --data %s --out %s"
            .formatted(STEPS, data, run);
    return command.split(" ");
  }

  /** A finished run with checkpoints after steps 2 and 4. */
  private RunDirectory trained() {
    Path root = folder.resolve("run");
    Cli.done(training(root));
    return RunDirectory.open(root);
  }

  @Test
  void aPlaceThatIsTaken() throws IOException {
    RunDirectory run = trained();
    Cli.refused(folder, List.of(run.root(), "not empty", "resume"), training(run.root()));
    Path file = Files.writeString(folder.resolve("file"), "x");
    Cli.refused(folder, List.of(file, "choose another"), training(file));
  }

  @Test
  void aPlaceThatCannotBeWritten() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    Path below = file.resolve("deep/run");
    Cli.refused(
        folder, List.of(below, "Not a directory", "folder that may be written"), training(below));
  }

  @Test
  void whatIsNoRun() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    for (Path none : List.of(data, file, folder.resolve("nowhere"))) {
      List<Object> named = List.of(none, "not a run directory", "config.json", "gander train");
      Cli.refused(folder, named, "resume", none);
      Cli.refused(folder, named, "sample", none, "--out", folder.resolve("sheet.png"));
    }
  }

  @Test
  void aCheckpointThatIsDamaged() throws IOException {
    RunDirectory run = trained();
    Path last = run.checkpointFile(STEPS);
    byte[] whole = Files.readAllBytes(last);
    byte[] flipped = whole.clone();
    flipped[whole.length - 9] ^= 1;
    for (byte[] damaged : new byte[][] {flipped, Arrays.copyOf(whole, whole.length / 2), {}}) {
      Files.write(last, damaged);
      List<Object> named = List.of(last, "without this file the run goes on from the checkpoint");
      Cli.refused(folder, named, "resume", run.root());
      Cli.refused(folder, named, "sample", run.root(), "--out", folder.resolve("sheet.png"));
    }
    Files.delete(last);
    Said resumed = Cli.done("resume", run.root());
    assertTrue(resumed.err().contains("going on from step 2 of 4"), resumed::err);
    assertEquals(-1, Arrays.mismatch(whole, Files.readAllBytes(last)), "the same bits again");
  }

  @Test
  void aConfigThatIsDamaged() throws IOException {
    RunDirectory run = trained();
    Path config = run.root().resolve("config.json");
    String whole = Files.readString(config);
    for (String damaged :
        List.of(
            "",
            "{",
            "[]",
            whole.substring(0, whole.length() / 2),
            whole.replace("\"steps\" : 4", "\"steps\" : -4"),
            whole.replace("\"model\"", "\"mode\""))) {
      Files.writeString(config, damaged);
      Cli.refused(folder, List.of(config), "resume", run.root());
      Cli.refused(folder, List.of(config), "sample", run.root(), "--out", folder.resolve("s.png"));
    }
    Files.write(
        config, whole.replace("gan-mlp", "gan-\u00e4").getBytes(StandardCharsets.ISO_8859_1));
    Cli.refused(folder, List.of(config, "it is not UTF-8 text"), "resume", run.root());
  }

  @Test
  void dataThatIsGone() throws IOException {
    RunDirectory run = trained();
    Files.move(data, folder.resolve("elsewhere"));
    Cli.refused(folder, List.of(data, "there is no data set"), "resume", run.root());
  }

  @Test
  void picturesInAFolderThatDoesNotExist() throws IOException {
    RunDirectory run = trained();
    Path sheet = folder.resolve("no/such/sheet.png");
    List<Object> named = List.of(sheet, "no such file or folder", "check that the folder exists");
    Cli.refused(folder, named, "sample", run.root(), "--count", 4, "--out", sheet);
    Cli.refused(folder, named, "data", data, "--out", sheet);
    OpenCl.info();
    Cli.refused(folder, named, "plan", "gan-mlp", "--device", OpenCl.ID, "--out", sheet);
  }

  @Test
  void aPictureThatIsThere() throws IOException {
    RunDirectory run = trained();
    Path sheet = Files.writeString(folder.resolve("sheet.png"), "mine");
    Cli.refused(
        folder, List.of(sheet, "there already", "--out"), "sample", run.root(), "--out", sheet);
  }
}
