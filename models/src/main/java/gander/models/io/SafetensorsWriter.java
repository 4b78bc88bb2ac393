// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import gander.runtime.GanderException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Collects tensors and writes them as one safetensors file, atomically. The order and the padding
 * are those of the format's own writer: wider types first, then by name, the header a multiple of 8
 * bytes long. The metadata gets the SHA-256 of each tensor's bytes as {@code sha256/NAME}, which
 * {@link Safetensors} checks.
 *
 * <p>Arrays are not copied: they must not change before {@link #write}.
 */
public final class SafetensorsWriter {
  private static final int CHUNK_ELEMS = 1 << 16;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Map<String, String> metadata = new TreeMap<>();
  private final Map<String, Entry> entries = new TreeMap<>();

  private record Entry(String name, ElementType type, List<Integer> shape, int elems, Source data) {
    long bytes() {
      return (long) elems * type.bits() / 8;
    }
  }

  /** Puts {@code n} elements from {@code at} on into a little-endian buffer. */
  private interface Source {
    void put(ByteBuffer out, int at, int n);
  }

  /** Adds free text, such as the config of the run. */
  public SafetensorsWriter metadata(String key, String value) {
    if (key.startsWith(Safetensors.SHA256)) {
      throw new IllegalArgumentException("metadata key '" + key + "' is the writer's own");
    }
    metadata.put(key, value);
    return this;
  }

  /** Adds a tensor of 32-bit floats, row-major. */
  public SafetensorsWriter add(String name, int[] shape, float[] values) {
    return add(
        name,
        ElementType.F32,
        shape,
        values.length,
        (out, at, n) -> {
          out.asFloatBuffer().put(values, at, n);
          out.position(out.position() + n * Float.BYTES);
        });
  }

  /** Adds a tensor of 64-bit floats, row-major. */
  public SafetensorsWriter add(String name, int[] shape, double[] values) {
    return add(
        name,
        ElementType.F64,
        shape,
        values.length,
        (out, at, n) -> {
          out.asDoubleBuffer().put(values, at, n);
          out.position(out.position() + n * Double.BYTES);
        });
  }

  /** Adds one 64-bit whole number, without extents. */
  public SafetensorsWriter add(String name, long value) {
    return add(name, ElementType.I64, new int[0], 1, (out, at, n) -> out.putLong(value));
  }

  private SafetensorsWriter add(
      String name, ElementType type, int[] shape, int elems, Source data) {
    long wanted = 1;
    for (int extent : shape) {
      wanted = Math.multiplyExact(wanted, extent);
    }
    if (wanted != elems) {
      throw new IllegalArgumentException(
          "tensor '%s': %d values for shape %s".formatted(name, elems, Arrays.toString(shape)));
    }
    if (name.equals(SafetensorsHeader.METADATA) || entries.containsKey(name)) {
      throw new IllegalArgumentException("tensor '" + name + "' is there already");
    }
    entries.put(name, new Entry(name, type, Arrays.stream(shape).boxed().toList(), elems, data));
    return this;
  }

  /**
   * Writes the file in place of any that has its name.
   *
   * @throws GanderException if it cannot be written; an older file is then still there
   */
  public void write(Path file) {
    var ordered = new ArrayList<>(entries.values());
    ordered.sort(
        Comparator.comparing(Entry::type)
            .reversed()
            .thenComparing(
                entry -> entry.name().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned));
    byte[] header = header(ordered);
    AtomicFile.write(
        file,
        channel -> {
          var length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
          AtomicFile.writeFully(channel, length.putLong(0, header.length));
          AtomicFile.writeFully(channel, ByteBuffer.wrap(header));
          for (Entry entry : ordered) {
            stream(entry, chunk -> AtomicFile.writeFully(channel, chunk));
          }
        });
  }

  private byte[] header(List<Entry> ordered) {
    var texts = new TreeMap<>(metadata);
    for (Entry entry : ordered) {
      texts.put(Safetensors.SHA256 + entry.name(), sha256(entry));
    }
    ObjectNode root = JSON.createObjectNode();
    if (!texts.isEmpty()) {
      ObjectNode free = root.putObject(SafetensorsHeader.METADATA);
      texts.forEach(free::put);
    }
    long begin = 0;
    for (Entry entry : ordered) {
      ObjectNode node = root.putObject(entry.name());
      node.put("dtype", entry.type().name());
      entry.shape().forEach(node.putArray("shape")::add);
      long end = begin + entry.bytes();
      node.putArray("data_offsets").add(begin).add(end);
      begin = end;
    }
    byte[] json = JSON.writeValueAsBytes(root);
    byte[] padded = Arrays.copyOf(json, Math.ceilDiv(json.length, 8) * 8);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    return padded;
  }

  private static String sha256(Entry entry) {
    MessageDigest digest = Safetensors.sha256();
    try {
      stream(entry, digest::update);
    } catch (IOException e) {
      throw new IllegalStateException("a digest does no input or output", e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private interface ChunkSink {
    void accept(ByteBuffer chunk) throws IOException;
  }

  private static void stream(Entry entry, ChunkSink sink) throws IOException {
    var chunk = ByteBuffer.allocate(CHUNK_ELEMS * 8).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < entry.elems(); at += CHUNK_ELEMS) {
      entry.data().put(chunk.clear(), at, Math.min(CHUNK_ELEMS, entry.elems() - at));
      sink.accept(chunk.flip());
    }
  }
}
