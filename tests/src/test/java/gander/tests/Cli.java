// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.cli.Gander;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The command line, run in this process. */
final class Cli {
  private Cli() {}

  /** What a command said and how it ended. */
  record Said(int code, String out, String err) {}

  /** Runs a command line. */
  static Said say(Object... words) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    var outBytes = new ByteArrayOutputStream();
    var errBytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
    try {
      int code = Gander.run(Stream.of(words).map(Object::toString).toArray(String[]::new));
      return new Said(
          code,
          outBytes.toString(StandardCharsets.UTF_8),
          errBytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /** Runs a command line that must do what it is asked to. */
  static Said done(Object... words) {
    Said said = say(words);
    assertEquals(0, said.code, () -> said.err + said.out);
    return said;
  }

  /**
   * Runs a command line that must be refused: exit code 2, one sentence on stderr, after progress
   * perhaps, no stack trace, and nothing left behind.
   *
   * @param folder where nothing may change
   * @param named what the sentence must hold
   */
  static void refused(Path folder, List<?> named, Object... words) throws IOException {
    List<String> before = tree(folder);
    Said said = say(words);
    String command = "gander " + String.join(" ", Stream.of(words).map(Object::toString).toList());
    assertEquals(2, said.code, () -> command + ": " + said.err);
    long sentences = said.err.lines().filter(line -> !line.startsWith("compiled ")).count();
    assertEquals(1, sentences, () -> command + ": " + said.err);
    assertFalse(said.err.contains("Exception"), () -> command + ": " + said.err);
    for (Object part : named) {
      assertTrue(
          said.err.contains(part.toString()),
          () -> "%s: '%s' is not in: %s".formatted(command, part, said.err));
    }
    assertEquals(before, tree(folder), () -> command + " left something behind");
  }

  /** Every file under a folder with its size, in order. */
  private static List<String> tree(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.sorted()
          .map(path -> path + " " + (Files.isRegularFile(path) ? path.toFile().length() : "folder"))
          .toList();
    }
  }
}
