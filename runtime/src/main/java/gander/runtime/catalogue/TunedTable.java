// SPDX-License-Identifier: Apache-2.0
package gander.runtime.catalogue;

import gander.runtime.GanderException;
import gander.runtime.jit.Hash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
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
    boolean names(Variant variant) {
      return variant.kernel().path().equals(kernel)
          && variant.setting().equals(setting)
          && Hash.of(variant.kernel().text()).equals(file);
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
        throw new GanderException("tuning table %s cannot be read: %s".formatted(file, e), e);
      }
    }
    return new TunedTable(tuningKey, file, shipped, own);
  }

  private static Map<String, Entry> parse(String text, String what) {
    try {
      return JSON.readValue(text, Content.class).problems();
    } catch (JacksonException e) {
      throw new GanderException(
          "%s is damaged (%s); delete it and tune again".formatted(what, e.getOriginalMessage()),
          e);
    }
  }

  public @Nullable Entry find(String problem) {
    Entry entry = own.get(problem);
    return entry != null ? entry : shipped.get(problem);
  }

  /** Remembers a winner until {@link #save}. */
  public void put(Variant winner, double micros) {
    own.put(
        winner.problem().key(),
        new Entry(
            winner.kernel().path(),
            Hash.of(winner.kernel().text()),
            Map.copyOf(winner.setting()),
            micros));
  }

  /** Writes this user's table in one piece. */
  public void save() {
    if (file == null) {
      return;
    }
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Path temporary = Files.createTempFile(file.toAbsolutePath().getParent(), "tuned", ".tmp");
      Files.writeString(temporary, JSON.writeValueAsString(new Content(device, own)) + "\n");
      Files.move(
          temporary,
          file,
          java.nio.file.StandardCopyOption.ATOMIC_MOVE,
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new GanderException("tuning table %s cannot be written: %s".formatted(file, e), e);
    }
  }
}
