// SPDX-License-Identifier: Apache-2.0
package gander.bench.bundle;

import gander.runtime.GanderException;
import gander.runtime.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The checkout that a bundle is made of, built.
 *
 * @param jars of Gander and of what it uses, in the order of the class path
 */
record Sources(Path root, List<Path> jars) {
  /**
   * The checkout that this process was started from.
   *
   * @throws GanderException if there is none, or it is not built
   */
  static Sources find() {
    @Nullable String given = System.getProperty("gander.root");
    Path root = Path.of(given == null ? "." : given).toAbsolutePath().normalize();
    Path target = root.resolve("bench/target");
    if (!Files.isDirectory(target.resolve("lib"))) {
      throw new GanderException(
          "%s is not a checkout of Gander that was built: run ./gander bundle in one"
              .formatted(root));
    }
    var jars = new ArrayList<>(list(target, "gander-bench-*.jar"));
    jars.addAll(list(target.resolve("lib"), "*.jar"));
    return new Sources(root, List.copyOf(jars));
  }

  /** The files for people and for other interpreters, by their paths in the checkout. */
  List<Path> others() {
    return Stream.of(
            list(root, "{README.md,LICENSE}"),
            list(root.resolve("bench"), "*.sh"),
            list(root.resolve("bench/peers"), "*.py"))
        .flatMap(List::stream)
        .map(root::relativize)
        .toList();
  }

  /** The files of a folder, in alphabetical order. */
  private static List<Path> list(Path folder, String pattern) {
    var files = new ArrayList<Path>();
    try (var found = Files.newDirectoryStream(folder, pattern)) {
      found.forEach(files::add);
    } catch (IOException e) {
      throw new GanderException("%s cannot be read: %s".formatted(folder, Reason.of(e)), e);
    }
    files.sort(null);
    return files;
  }
}
