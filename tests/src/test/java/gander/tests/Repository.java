// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import java.nio.file.Files;
import java.nio.file.Path;

/** The checkout that the tests run in. */
final class Repository {
  private Repository() {}

  /** The nearest folder upwards that has the launcher and the kernels. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null) {
      if (Files.isDirectory(folder.resolve("kernels")) && Files.exists(folder.resolve("gander"))) {
        return folder;
      }
      folder = folder.getParent();
    }
    throw new IllegalStateException("the tests do not run inside a checkout");
  }
}
