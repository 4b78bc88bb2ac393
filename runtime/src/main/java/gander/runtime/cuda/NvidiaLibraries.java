// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import gander.runtime.GanderException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where NVIDIA's libraries may be: what the system's loader finds by name comes first, then the
 * toolkit of {@code CUDA_HOME} or {@code CUDA_PATH}, then the packages of the active Python
 * environment, the user's and the system's.
 */
public final class NvidiaLibraries {
  private NvidiaLibraries() {}

  /**
   * Names and paths to try, in order.
   *
   * @param names of the library's file, the best first
   */
  public static List<String> candidates(List<String> names) {
    var candidates = new ArrayList<>(names);
    for (String home : new String[] {"CUDA_HOME", "CUDA_PATH"}) {
      String folder = variable(home);
      if (folder != null) {
        candidates.addAll(in(Path.of(folder, "lib64"), names));
      }
    }
    for (String environment : environments()) {
      for (Path python : list(Path.of(environment, "lib"), "python3*")) {
        for (Path packages : list(python, "*-packages")) { // dist-packages on Debian
          for (Path part : list(packages.resolve("nvidia"), "*")) {
            candidates.addAll(in(part.resolve("lib"), names));
          }
        }
      }
    }
    return candidates;
  }

  /** Folders with a Python's packages in their {@code lib}, as Python itself looks for them. */
  private static List<String> environments() {
    return Stream.of(
            variable("VIRTUAL_ENV"),
            variable("CONDA_PREFIX"),
            System.getProperty("user.home") + "/.local",
            "/usr/local",
            "/usr")
        .filter(Objects::nonNull)
        .toList();
  }

  /** Those of the names that are files of a folder. */
  static List<String> in(Path folder, List<String> names) {
    return names.stream().map(folder::resolve).filter(Files::exists).map(Path::toString).toList();
  }

  /** The entries of a folder that match a pattern, in order; none where there is no folder. */
  static List<Path> list(Path folder, String pattern) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, pattern)) {
      var paths = new ArrayList<Path>();
      entries.forEach(paths::add);
      paths.sort(null);
      return paths;
    } catch (IOException e) {
      throw new GanderException("the folder %s cannot be read".formatted(folder), e);
    }
  }

  /** A variable of the environment; null if it is not set or blank. */
  static @Nullable String variable(String name) {
    String value = System.getenv(name);
    return value == null || value.isBlank() ? null : value;
  }
}
