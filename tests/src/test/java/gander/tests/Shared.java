// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** What lies beside the repository, which tests use where it is there. */
final class Shared {
  private Shared() {}

  /** The files of a folder of {@code ../shared}; skips the test where there is no such folder. */
  static List<Path> files(String name, String ending) throws IOException {
    Path folder = Repository.root().resolveSibling("shared").resolve(name);
    Assumptions.assumeTrue(Files.isDirectory(folder), "needs ../shared/" + name);
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }
}
