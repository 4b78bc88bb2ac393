// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.models.cli.Output;
import gander.models.io.AtomicFile;
import gander.runtime.GanderException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The lines of JSON that a benchmark gives: printed at once where {@code --json} asks for them, and
 * written in one piece at the end where a file was named.
 */
public final class ResultFile {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final @Nullable Path file;
  private final Output output;
  private final List<String> lines = new ArrayList<>();

  /**
   * @param file null for none
   * @throws GanderException if it exists, since results are not overwritten, or has no folder
   */
  public ResultFile(@Nullable Path file, Output output) {
    if (file != null) {
      checkFree(file);
    }
    this.file = file;
    this.output = output;
  }

  private static void checkFree(Path file) {
    if (Files.exists(file)) {
      throw new GanderException(
          "%s is there already: name another file with --out".formatted(file));
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new GanderException(
          "%s has no folder to be in: make it, or name another file with --out".formatted(file));
    }
  }

  public void add(Map<String, Object> line) {
    lines.add(JSON.writeValueAsString(line));
    if (output.json()) {
      output.line(lines.getLast());
    }
  }

  public void save() {
    if (file != null) {
      String text = String.join("\n", lines) + "\n";
      AtomicFile.writeBytes(file, text.getBytes(StandardCharsets.UTF_8));
      output.note("saved to " + file);
    }
  }
}
