// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Kernels that tests write into folders of their own. */
final class Kernels {
  private Kernels() {}

  /**
   * Writes a kernel.
   *
   * @param path {@code <op>/<file>} in the folder
   */
  static Path write(Path folder, String path, String text) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }
}
