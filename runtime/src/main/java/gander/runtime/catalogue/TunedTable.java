// SPDX-License-Identifier: Apache-2.0
package gander.runtime.catalogue;

import gander.runtime.GanderException;
import gander.runtime.Reason;
import gander.runtime.jit.Hash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which variant won each problem on one kind of device: what was measured here, on top of what is
 * shipped for devices the project has measured. An entry counts only while the kernel's file is the
 * one that was timed.
 */
public final class TunedTable {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  /**
   * A winner.
   *
   * @param kernel its path
   * @param file hash of the kernel's file when it was timed
   * @param micros its median time
   */
  public record Entry(String kernel, String file, Map<String, Integer> setting, double micros) {
    /** Whether this is about the kernel as it is now. */
    boolean names(KernelFile candidate) {
      return candidate.path().equals(kernel)
          && candidate.allows(setting)
          && Hash.of(candidate.text()).equals(file);
    }
  }

  /** The table as a file holds it. */
  record Content(String device, Map<String, Entry> problems) {}

  private final String device;
  private final @Nullable Path file;
  private final Map<String, Entry> shipped;
  private final Map<String, Entry> own;

  private TunedTable(
      String device, @Nullable Path file, Map<String, Entry> shipped, Map<String, Entry> own) {
    this.device = device;
    this.file = file;
    this.shipped = shipped;
    this.own = own;
  }

  /** A table that knows nothing and is not saved. */
  public static TunedTable empty() {
    return new TunedTable("none", null, Map.of(), new TreeMap<>());
  }

  /**
   * @param folder where this user's tables are
   * @throws GanderException if a table cannot be read: it names the file to delete
   */
  public static TunedTable load(String tuningKey, Catalogue catalogue, Path folder) {
    String text = catalogue.tunedTable(tuningKey);
    Map<String, Entry> shipped =
        text == null ? Map.of() : parse(text, "the shipped table of " + tuningKey);
    Path file = folder.resolve(tuningKey + ".json");
    var own = new TreeMap<String, Entry>();
    if (Files.exists(file)) {
      try {
        own.putAll(parse(Files.readString(file), "tuning table " + file));
      } catch (IOException e) {
        throw new GanderException(
            "tuning table %s cannot be read (%s); delete it and tune again"
                .formatted(file, Reason.of(e)),
            e);
      }
    }
    return new TunedTable(tuningKey, file, shipped, own);
  }

  private static Map<String, Entry> parse(String text, String what) {
    try {
      @Nullable Content content = JSON.readValue(text, Content.class);
      boolean whole =
          content != null
              && content.problems() != null
              && content.problems().values().stream().allMatch(TunedTable::isWhole);
      if (whole) {
        return content.problems();
      }
      throw new GanderException("%s is damaged; delete it and tune again".formatted(what));
    } catch (JacksonException e) {
      throw new GanderException(
          "%s is damaged (%s); delete it and tune again".formatted(what, Reason.of(e)), e);
    }
  }

  private static boolean isWhole(@Nullable Entry entry) {
    return entry != null
        && entry.kernel() != null
        && entry.file() != null
        && entry.setting() != null
        && !entry.setting().containsValue(null);
  }

  /**
   * What won a problem, as it is or with code fused into it: here first, then where the shipped
   * table comes from; empty if it was not tuned.
   */
  public List<Entry> find(Problem problem) {
    String key = key(problem, problem.fused());
    return Stream.of(own, shipped).flatMap(table -> Stream.ofNullable(table.get(key))).toList();
  }

  /**
   * Remembers a winner until {@link #save}.
   *
   * @param fused whether it won among the kernels that take generated code, which are those that
   *     count where something is fused into the problem
   */
  public void put(Variant winner, boolean fused, double micros) {
    own.put(
        key(winner.problem(), fused),
        new Entry(
            winner.kernel().path(),
            Hash.of(winner.kernel().text()),
            Map.copyOf(winner.setting()),
            micros));
  }

  private static String key(Problem problem, boolean fused) {
    return fused ? problem.key() + " fused" : problem.key();
  }

  /** Writes this user's table in one piece. */
  public void save() {
    if (file == null) {
      return;
    }
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Path temporary = Files.createTempFile(file.toAbsolutePath().getParent(), "tuned", ".tmp");
      try {
        Files.writeString(temporary, JSON.writeValueAsString(new Content(device, own)) + "\n");
        Files.move(
            temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary); // still there only if it could not take its name
      }
    } catch (IOException e) {
      throw new GanderException(
          "tuning table %s cannot be written: %s; set GANDER_CACHE to a folder that can"
              .formatted(file, Reason.of(e)),
          e);
    }
  }
}
