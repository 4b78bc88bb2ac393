// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs of the system, such as compilers. */
public final class Tool {
  private Tool() {}

  /** What a program printed, on both streams, and how it ended. */
  public record Output(int code, String text) {}

  /** The folders of {@code PATH}. */
  public static List<String> folders() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .toList();
  }

  /** The first executable file of that name. */
  public static Optional<String> find(List<String> folders, String name) {
    return folders.stream()
        .map(folder -> Path.of(folder, name))
        .filter(Files::isRegularFile)
        .filter(Files::isExecutable)
        .findFirst()
        .map(Path::toString);
  }

  /**
   * Runs a program to its end, in this process's folder.
   *
   * @throws GanderException if it cannot be run
   */
  public static Output run(List<String> command) {
    return run(command, Path.of(""));
  }

  /**
   * Runs a program to its end in a folder.
   *
   * @throws GanderException if it cannot be run
   */
  public static Output run(List<String> command, Path folder) {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toAbsolutePath().toFile())
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Output(process.waitFor(), text);
    } catch (IOException e) {
      throw new GanderException(
          "%s cannot be run: %s".formatted(command.getFirst(), e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GanderException(command.getFirst() + " was interrupted", e);
    }
  }

  /** Work that needs files. */
  public interface InFolder<T> {
    T work(Path folder) throws IOException;
  }

  /**
   * Works in a new folder, which is deleted afterwards.
   *
   * @param name how its own begins: {@code gander-nvcc}
   * @throws GanderException if a file cannot be read or written
   */
  public static <T> T inFolder(String name, InFolder<T> action) {
    try {
      Path folder = Files.createTempDirectory(name);
      try {
        return action.work(folder);
      } finally {
        try (Stream<Path> files = Files.walk(folder)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
    } catch (IOException e) {
      throw new GanderException(
          "temporary files in %s cannot be used: %s"
              .formatted(System.getProperty("java.io.tmpdir"), Reason.of(e)),
          e);
    }
  }
}
