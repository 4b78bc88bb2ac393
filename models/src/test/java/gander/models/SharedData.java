// SPDX-License-Identifier: Apache-2.0
package gander.models;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** Real data beside the repository, which tests use where it is there. */
public final class SharedData {
  private SharedData() {}

  /** A path under {@code ../shared}; the test is skipped where there is no such thing. */
  public static Path path(String first, String... more) {
    Path root = root();
    Path path = root == null ? null : root.resolveSibling("shared").resolve(Path.of(first, more));
    Assumptions.assumeTrue(
        path != null && Files.exists(path), "needs ../shared/" + Path.of(first, more));
    return path;
  }

  /** The repository: the nearest folder upwards that has kernels. */
  private static @Nullable Path root() {
    String property = System.getProperty("gander.root");
    if (property != null) {
      return Path.of(property).toAbsolutePath();
    }
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve("kernels"))) {
      folder = folder.getParent();
    }
    return folder;
  }
}
