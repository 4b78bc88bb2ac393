// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Data and traces beside the repository, which tests use where they are there. */
final class Shared {
  private Shared() {}

  /** A path under {@code ../shared}; the test is skipped where there is no such thing. */
  static Path path(String first, String... more) {
    Path path = Repository.root().resolveSibling("shared").resolve(Path.of(first, more));
    Assumptions.assumeTrue(Files.exists(path), () -> "needs ../shared/" + Path.of(first, more));
    return path;
  }
}
