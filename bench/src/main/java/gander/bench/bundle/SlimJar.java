// SPDX-License-Identifier: Apache-2.0
package gander.bench.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Copies jars without the native libraries that a bundle has no use for. */
final class SlimJar {
  private static final List<String> ENDINGS = List.of(".so", ".dll", ".dylib", ".jnilib");
  private static final String SYSTEM = "-linux-x86_64.so";

  /** Compiles PTX, which nothing here does, and is as large as all other natives together. */
  private static final String UNUSED = "libJNvPTXCompiler";

  private SlimJar() {}

  /** Copies a jar with its natives for Linux on x86-64 alone. */
  static void copy(Path jar, Path target) throws IOException {
    try (var in = new ZipInputStream(Files.newInputStream(jar));
        var out = new ZipOutputStream(Files.newOutputStream(target))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (belongs(entry.getName())) {
          var same = new ZipEntry(entry.getName());
          same.setTimeLocal(entry.getTimeLocal());
          out.putNextEntry(same);
          in.transferTo(out);
          out.closeEntry();
        }
      }
    }
  }

  private static boolean belongs(String name) {
    boolean isNative = ENDINGS.stream().anyMatch(name::endsWith);
    return !isNative || (name.endsWith(SYSTEM) && !name.contains(UNUSED));
  }
}
