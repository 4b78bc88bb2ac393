// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.cli.Said;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A kernel dropped into a folder with a fault in it is told so in one sentence, with what to look
 * at and the command that shows it again: wrong numbers, a write outside its buffers, a loop
 * without end, source that does not compile, a header with a name or an entry that does not exist.
 */
class FaultyKernelTest {
  private static final String PROBLEM = "O=1 R=7 I=1 KIND=0";

  @TempDir Path folder;

  private Said check(Path kernels, Object... more) {
    return DroppedFile.check(kernels, PROBLEM, 1, more);
  }

  /** The sentence of a check's one failure, which stands on both streams, and on stdout once. */
  private static String failure(Said said, Path kernels) {
    assertEquals(1, said.code(), () -> said.err() + said.out());
    List<String> told =
        said.out().lines().filter(line -> line.startsWith(DroppedFile.PATH + " ")).toList();
    assertEquals(2, told.size(), said::out);
    assertTrue(told.getFirst().endsWith("1 WRONG"), said::out);
    assertTrue(said.err().contains(told.getLast()), said::err);
    assertFalse(said.err().contains("Exception"), said::err);
    String again =
        "gander check reduce --kernels '%s' --kernel %s".formatted(kernels, DroppedFile.PATH);
    assertTrue(said.out().contains(again), said::out);
    return told.getLast();
  }

  private static void holds(String sentence, String... parts) {
    for (String part : parts) {
      assertTrue(sentence.contains(part), () -> "'" + part + "' is not in: " + sentence);
    }
  }

  @Test
  void wrongNumbers() throws IOException {
    OpenCl.info();
    Path kernels = DroppedFile.drop(folder, DroppedFile.changed("r < R", "r < R - 1"));
    String sentence = failure(check(kernels), kernels);
    holds(sentence, "reduce/mine.cl PER=1 on reduce " + PROBLEM + ": y[0] is ", " but should be ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--jobs=1", "--in-process"})
  void theFirstFailureIsEnough(String where) throws IOException {
    OpenCl.info();
    Path kernels = DroppedFile.drop(folder, DroppedFile.changed("r < R", "r < R - 1"));
    JsonNode all = result(DroppedFile.check(kernels, PROBLEM, "all", "--json", where));
    JsonNode first = result(DroppedFile.check(kernels, PROBLEM, "all", "--json", where, "--stop"));
    assertTrue(all.path("failed").asInt() > 1, all::toString);
    assertEquals(all.path("runs"), all.path("failed"));
    assertEquals(1, first.path("runs").asInt());
    assertEquals(1, first.path("failed").asInt());
    assertEquals(all.path("failures").path(0), first.path("failures").path(0));
    assertEquals("Wrong", first.at("/failures/0/verdict").asString(), first::toString);
  }

  private static JsonNode result(Said said) {
    assertEquals(1, said.code(), () -> said.err() + said.out());
    return JsonMapper.shared().readTree(said.out());
  }

  @Test
  void oneThatIsWrongIsNotTimed() throws IOException {
    OpenCl.info();
    Path kernels = DroppedFile.drop(folder, DroppedFile.changed("r < R", "r < R - 1"));
    Object[] words = {
      "tune", "reduce", "--kernels", kernels, "--problem", PROBLEM, "--device", OpenCl.ID, "--json"
    };
    Caches.in(
        folder.resolve("cache"),
        () -> {
          Said tuned = Cli.done(words);
          JsonNode result = JsonMapper.shared().readTree(tuned.out());
          assertNotEquals(DroppedFile.PATH, result.path("kernel").asString());
          // It asks to be the untuned choice, which has a time only if it was right.
          assertTrue(result.path("untunedMicros").isNull(), tuned::out);
          for (String setting : List.of("PER=1", "PER=4")) {
            holds(
                tuned.err(),
                "reduce/mine.cl %s on reduce %s is out: y[0] is ".formatted(setting, PROBLEM));
          }
        });
  }

  @Test
  void aWriteOutsideItsBuffers() throws IOException {
    OpenCl.info();
    String text =
        DroppedFile.changed("PARAMS", "GLOBAL const float* x, GLOBAL float* y")
            .replace("PROLOGUE_X(at / I, r, at % I)", "x[at / I * R * I + r * I + at % I]")
            .replace("EPILOGUE(at / I, at % I, total)", "y[at] = y[O * I] = total");
    Path kernels = DroppedFile.drop(folder, text);
    String sentence = failure(check(kernels), kernels);
    holds(
        sentence, "it writes outside its buffers, 0 bytes past the end of 'y', which has 4 bytes");
  }

  @Test
  void aReadOutsideItsBuffersOnTheProcessor() throws IOException {
    HostCuda.info();
    String text =
        """
        //! reduce: reads one row too many
        //! device  cuda
        //! prefer  1000
        //! when    KIND == 0
        //! grid    ceil(O * I, 64)
        //! block   64
        // SPDX-License-Identifier: Apache-2.0

        KERNEL void reduce(GLOBAL const float* x, GLOBAL float* y) {
          const int at = GROUP_X * 64 + ITEM_X;
          if (at < O * I) {
            float total = 0;
            for (int r = 0; r <= R; r++) {
              total += x[(at / I * R + r) * I + at % I];
            }
            y[at] = total;
          }
        }
        """;
    Path kernels = folder.resolve("kernels");
    Kernels.write(kernels, "reduce/mine.cu", text);
    Object[] check = {
      "check",
      "reduce",
      "--kernels",
      kernels,
      "--kernel",
      "reduce/mine.cu",
      "--problem",
      PROBLEM,
      "--device",
      HostCuda.ID
    };
    Said said = Said.by(check);
    assertEquals(1, said.code(), () -> said.err() + said.out());
    String fault =
        "it reads 4 bytes at reduce/mine.cu:14 that end 4 bytes past the end of argument 0, which has 28 bytes (thread (0,0,0) of block (0,0,0))";
    holds(said.out(), fault);
    Path data = IdxFiles.folder(folder.resolve("data"), 4, 4);
    String train =
        "train ae --device %s --kernels %s --data %s --out %s --batch 4 --size 4 --steps 1"
            .formatted(HostCuda.ID, kernels, data, folder.resolve("run"));
    Said stopped = Said.by((Object[]) train.split(" "));
    assertEquals(2, stopped.code(), stopped::err);
    holds(stopped.err(), "at reduce/mine.cu:14 that", "past the end of argument 0");
  }

  @Test
  void aLoopWithoutEnd() throws IOException {
    OpenCl.info();
    String text =
        DroppedFile.changed("PARAMS", "GLOBAL const float* x, GLOBAL volatile float* y")
            .replace("PROLOGUE_X(at / I, r, at % I)", "x[0]")
            .replace(
                "EPILOGUE(at / I, at % I, total)", "do { y[at] = total; } while (y[at] != -1)");
    Path kernels = DroppedFile.drop(folder, text);
    String sentence = failure(check(kernels, "--limit", 2), kernels);
    holds(sentence, "it did not end within 2 s and was stopped");
  }

  @Test
  void sourceThatDoesNotCompile() throws IOException {
    OpenCl.info();
    String text = DroppedFile.changed("float total =", "float total = nonsense +");
    Path kernels = DroppedFile.drop(folder, text);
    String sentence = failure(check(kernels), kernels);
    holds(sentence, DroppedFile.place(text, "nonsense") + ": error: ");
  }

  @Test
  void noRunBeginsWithSourceThatDoesNotCompile() throws IOException {
    OpenCl.info();
    String text = DroppedFile.changed("float total =", "float total = nonsense +");
    Path kernels = DroppedFile.drop(folder, text);
    Path data = IdxFiles.folder(folder.resolve("data"), 4, 4);
    String command =
        "train ae --device %s --kernels %s --data %s --out %s --batch 4 --size 4"
            .formatted(OpenCl.ID, kernels, data, folder.resolve("run"));
    List<String> named =
        List.of("reduce/mine.cl for reduce O=", DroppedFile.place(text, "nonsense"));
    Cli.refused(folder, named, (Object[]) command.split(" "));
  }

  @Test
  void anUnknownNameInTheHeader() throws IOException {
    OpenCl.info();
    String text = DroppedFile.changed("O * I, PER", "O * Q, PER");
    Path kernels = DroppedFile.drop(folder, text);
    String place = DroppedFile.place(text, "Q, PER");
    Said said = check(kernels);
    assertEquals(1, said.code(), said::err);
    holds(said.out(), place + ": unknown name 'Q' in 'ceil(O * Q, PER)'", " PER R ");
    Cli.refused(
        folder,
        List.of(place, "unknown name 'Q'", " PER R "),
        "plan",
        "gan-mlp",
        "--batch",
        4,
        "--kernels",
        kernels,
        "--device",
        OpenCl.ID,
        "--out",
        folder.resolve("plan.png"));
  }

  @Test
  void aHeaderThatCannotBeRead() throws IOException {
    String text = DroppedFile.changed("//! grid", "//! gird");
    Path kernels = DroppedFile.drop(folder, text);
    List<String> named =
        List.of(DroppedFile.place(text, "gird"), "unknown entry 'gird'", "grid, block");
    Cli.refused(folder, named, "kernels", "--kernels", kernels);
    Cli.refused(folder, named, "check", "reduce", "--kernels", kernels);
    Cli.refused(folder, named, "tune", "reduce", "--kernels", kernels);
  }

  @Test
  void aFolderThatIsNone() throws IOException {
    Path none = folder.resolve("none");
    Cli.refused(folder, List.of(none, "--kernels takes a folder"), "kernels", "--kernels", none);
    Cli.refused(
        folder, List.of(folder, "holds no kernel", "mine.cl"), "kernels", "--kernels", folder);
  }
}
