// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.models.cli.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The command line, run in this process. */
final class Cli {
  /** Of kernels: how far compiling is, and what it came to. */
  private static final Pattern PROGRESS = Pattern.compile("compiled |kernels: ");

  private Cli() {}

  /** Runs a command line that must do what it is asked to. */
  static Said done(Object... words) {
    Said said = Said.by(words);
    assertEquals(0, said.code(), () -> said.err() + said.out());
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
    Said said = Said.by(words);
    String command = "gander " + String.join(" ", Stream.of(words).map(Object::toString).toList());
    assertEquals(2, said.code(), () -> command + ": " + said.err());
    long sentences = said.err().lines().filter(line -> !PROGRESS.matcher(line).lookingAt()).count();
    assertEquals(1, sentences, () -> command + ": " + said.err());
    assertFalse(said.err().contains("Exception"), () -> command + ": " + said.err());
    for (Object part : named) {
      assertTrue(
          said.err().contains(part.toString()),
          () -> "%s: '%s' is not in: %s".formatted(command, part, said.err()));
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
