// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import gander.runtime.GanderException;
import gander.runtime.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The header of a safetensors file, checked against every rule of the format: entries lie in the
 * buffer without gap or overlap, each exactly as long as its type and shape say, and the file ends
 * where the last one ends. What a file says is believed only after these checks, so that reading
 * can neither leave the file nor allocate what is not there.
 *
 * @param metadata the free text of the file
 * @param entries the tensors by name, in the order of their bytes
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, Entry> entries) {
  /** More than any real header; the format's own limit. */
  static final long MAX_BYTES = 100_000_000;

  static final String METADATA = "__metadata__";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * One tensor.
   *
   * @param begin first byte, counted from the end of the header
   * @param end one past the last byte
   */
  record Entry(String name, ElementType type, List<Long> shape, long begin, long end) {}

  /**
   * The length of the header, from the first 8 bytes of the file.
   *
   * @throws GanderException if there is no room for a header
   */
  static int length(Path file, long fileBytes, ByteBuffer first) {
    if (fileBytes < 8) {
      throw bad(
          file,
          "it has %d bytes, fewer than the 8 that give the header's length".formatted(fileBytes));
    }
    long length = first.getLong(0);
    if (length < 0 || length > MAX_BYTES) {
      throw bad(
          file,
          "its header would have %s bytes, more than the format's limit of %d"
              .formatted(Long.toUnsignedString(length), MAX_BYTES));
    }
    if (8 + length > fileBytes) {
      throw bad(
          file,
          "its header should have %d bytes but the file has only %d: it is cut off"
              .formatted(length, fileBytes));
    }
    return (int) length;
  }

  /**
   * @param bytes the header itself
   * @throws GanderException if any rule of the format is broken
   */
  static SafetensorsHeader parse(Path file, long fileBytes, byte[] bytes) {
    JsonNode root = json(file, bytes);
    Map<String, String> metadata = Map.of();
    var list = new ArrayList<Entry>();
    for (Map.Entry<String, JsonNode> property : root.properties()) {
      if (property.getKey().equals(METADATA)) {
        metadata = metadata(file, property.getValue());
      } else {
        list.add(entry(file, property.getKey(), property.getValue()));
      }
    }
    list.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    var entries = new LinkedHashMap<String, Entry>();
    long end = 0;
    for (Entry entry : list) {
      if (entry.begin() != end) {
        throw bad(
            file,
            "tensor '%s' begins at byte %d where %d was due: there is a gap or an overlap"
                .formatted(entry.name(), entry.begin(), end));
      }
      end = entry.end();
      entries.put(entry.name(), entry);
    }
    if (end != fileBytes - 8 - bytes.length) {
      throw bad(
          file,
          "its tensors have %d bytes but %d follow the header"
              .formatted(end, fileBytes - 8 - bytes.length));
    }
    return new SafetensorsHeader(metadata, entries);
  }

  private static JsonNode json(Path file, byte[] bytes) {
    if (bytes.length == 0 || bytes[0] != '{') {
      throw bad(file, "its header does not begin with '{'");
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw bad(file, "its header is not UTF-8");
    }
    try {
      return JSON.readTree(text);
    } catch (JacksonException e) {
      throw bad(file, "its header is not valid JSON (%s)".formatted(Reason.of(e)));
    }
  }

  private static Map<String, String> metadata(Path file, JsonNode node) {
    if (!node.isObject()) {
      throw bad(file, "%s is not an object".formatted(METADATA));
    }
    var metadata = new LinkedHashMap<String, String>();
    for (Map.Entry<String, JsonNode> property : node.properties()) {
      if (!property.getValue().isString()) {
        throw bad(
            file, "%s: the value of '%s' is not a string".formatted(METADATA, property.getKey()));
      }
      metadata.put(property.getKey(), property.getValue().stringValue());
    }
    return metadata;
  }

  private static Entry entry(Path file, String name, JsonNode node) {
    ElementType type = type(file, name, node.get("dtype"));
    List<Long> shape = integers(file, name, "shape", node.get("shape"));
    List<Long> offsets = integers(file, name, "data_offsets", node.get("data_offsets"));
    if (offsets.size() != 2) {
      throw bad(file, "tensor '%s': data_offsets are not two numbers".formatted(name));
    }
    long begin = offsets.getFirst();
    long end = offsets.getLast();
    if (end < begin) {
      throw bad(
          file, "tensor '%s' ends at byte %d, before it begins at %d".formatted(name, end, begin));
    }
    long bits;
    try {
      long elems = 1;
      for (long extent : shape) {
        elems = Math.multiplyExact(elems, extent);
      }
      bits = Math.multiplyExact(elems, type.bits());
    } catch (ArithmeticException e) {
      throw bad(file, "tensor '%s': the size of shape %s overflows".formatted(name, shape));
    }
    if (bits % 8 != 0) {
      throw bad(
          file,
          "tensor '%s': %s of shape %s is no whole number of bytes".formatted(name, type, shape));
    }
    if (end - begin != bits / 8) {
      throw bad(
          file,
          "tensor '%s' has %d bytes where %s of shape %s needs %d"
              .formatted(name, end - begin, type, shape, bits / 8));
    }
    return new Entry(name, type, shape, begin, end);
  }

  private static ElementType type(Path file, String name, @Nullable JsonNode node) {
    if (node == null || !node.isString()) {
      throw bad(file, "tensor '%s' has no dtype".formatted(name));
    }
    for (ElementType type : ElementType.values()) {
      if (type.name().equals(node.stringValue())) {
        return type;
      }
    }
    throw bad(file, "tensor '%s' has the unknown dtype '%s'".formatted(name, node.stringValue()));
  }

  private static List<Long> integers(Path file, String name, String key, @Nullable JsonNode node) {
    if (node == null || !node.isArray()) {
      throw bad(file, "tensor '%s' has no %s, or it is not a list".formatted(name, key));
    }
    var numbers = new ArrayList<Long>();
    for (JsonNode element : node) {
      if (!element.isIntegralNumber() || !element.canConvertToLong() || element.longValue() < 0) {
        throw bad(
            file,
            "tensor '%s': %s holds %s, not a size of up to 63 bits".formatted(name, key, element));
      }
      numbers.add(element.longValue());
    }
    return List.copyOf(numbers);
  }

  private static GanderException bad(Path file, String what) {
    return new GanderException(
        "%s is not a sound safetensors file: %s; fetch or write it again".formatted(file, what));
  }
}
