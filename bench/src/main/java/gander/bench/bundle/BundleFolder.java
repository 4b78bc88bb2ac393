// SPDX-License-Identifier: Apache-2.0
package gander.bench.bundle;

import gander.bench.Provenance;
import gander.runtime.Devices;
import gander.runtime.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A bundle, not packed yet:
 *
 * <pre>
 * gander            starts it
 * gander.aot        classes as the JVM has them after a start
 * runtime/          Java
 * lib/              Gander's jars, kernels and tuned tables among them, and those it uses
 * code/             compiled CUDA kernels, where some were asked for
 * bench/            scripts: other frameworks to compare with
 * </pre>
 */
final class BundleFolder {
  private static final String SCRIPT = "gander.sh";
  private static final String ARCHIVE = "gander.aot";

  private final Path root;
  private final Sources sources;

  BundleFolder(Path root, Sources sources) throws IOException {
    this.root = Files.createDirectories(root);
    this.sources = sources;
  }

  Path root() {
    return root;
  }

  /** Where Java belongs. */
  Path runtime() {
    return root.resolve("runtime");
  }

  /** Where compiled kernels belong. */
  Path code() {
    return root.resolve("code");
  }

  /** Puts in everything but Java. */
  void fill() throws IOException {
    Path lib = Files.createDirectories(root.resolve("lib"));
    for (Path jar : sources.jars()) {
      SlimJar.copy(jar, lib.resolve(jar.getFileName()));
    }
    for (Path file : sources.others()) {
      Path copy = root.resolve(file);
      Files.createDirectories(Objects.requireNonNull(copy.getParent()));
      Files.copy(sources.root().resolve(file), copy);
    }
    writeScript("Cache");
    // The JVM takes an archive of classes only with the very files that it was made from.
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Tar.TIME));
      }
    }
  }

  /**
   * Starts the bundle once, so that the JVM archives the classes it has loaded; later starts take
   * half as long. Without the archive the bundle works as well.
   *
   * @param note takes a sentence if there will be none
   */
  void rehearse(Consumer<String> note) throws IOException {
    writeScript("CacheOutput");
    Path run = root.resolveSibling("run");
    List<String> command = new ArrayList<>(List.of(root.resolve("gander").toString()));
    command.addAll(
        Devices.preferred().isPresent()
            ? List.of("plan", "gan-mlp", "--out", run.toString())
            : List.of(
                ("train gan-mlp --device reference --steps 2 --batch 4 --size 8 --out " + run)
                    .split(" ")));
    Tool.Output said = Tool.run(command);
    if (said.code() != 0 || !Files.exists(root.resolve(ARCHIVE))) {
      note.accept("no archive of classes, so that starts take longer: " + said.text().strip());
    }
    Files.deleteIfExists(root.resolve(ARCHIVE + ".config"));
    writeScript("Cache");
  }

  /**
   * Writes what starts the bundle.
   *
   * @param mode {@code Cache} to use the archive of classes, {@code CacheOutput} to make it
   */
  private void writeScript(String mode) throws IOException {
    String jars =
        sources.jars().stream()
            .map(jar -> String.valueOf(jar.getFileName()))
            .collect(Collectors.joining(" "));
    String text =
        script()
            .replace("@JARS@", jars)
            .replace("@MODE@", mode)
            .replace("@VERSION@", Provenance.version());
    Path file = Files.writeString(root.resolve("gander"), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static String script() throws IOException {
    try (InputStream in = BundleFolder.class.getResourceAsStream(SCRIPT)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
