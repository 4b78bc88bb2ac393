// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import gander.runtime.GanderException;
import gander.runtime.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A safetensors file, open for reading. Opening reads and checks the header alone; a tensor is read
 * when it is asked for, and checked against the SHA-256 in the metadata where {@link
 * SafetensorsWriter} has put one. Use it from one thread and close it.
 */
public final class Safetensors implements AutoCloseable {
  /** Metadata key of a tensor's SHA-256, followed by the tensor's name. */
  static final String SHA256 = "sha256/";

  /** A multiple of every element's size. */
  private static final int CHUNK_BYTES = 1 << 20;

  private final Path file;
  private final FileChannel channel;
  private final SafetensorsHeader header;
  private final long dataStart;

  private Safetensors(Path file, FileChannel channel, SafetensorsHeader header, long dataStart) {
    this.file = file;
    this.channel = channel;
    this.header = header;
    this.dataStart = dataStart;
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws GanderException if the file cannot be read or breaks any rule of the format
   */
  public static Safetensors open(Path file) {
    FileChannel channel = null;
    Safetensors opened = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
      long fileBytes = channel.size();
      var first = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      if (fileBytes >= 8) {
        readFully(channel, first, 0);
      }
      int length = SafetensorsHeader.length(file, fileBytes, first);
      var bytes = new byte[length];
      readFully(channel, ByteBuffer.wrap(bytes), 8);
      var header = SafetensorsHeader.parse(file, fileBytes, bytes);
      opened = new Safetensors(file, channel, header, 8L + length);
      return opened;
    } catch (NoSuchFileException e) {
      throw new GanderException("%s does not exist".formatted(file), e);
    } catch (IOException e) {
      throw unreadable(file, e);
    } finally {
      if (opened == null && channel != null) {
        closeQuietly(channel);
      }
    }
  }

  /** The file's free text, by key. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /** The tensors' names, in the order of their bytes. */
  public Set<String> names() {
    return header.entries().keySet();
  }

  public ElementType type(String name) {
    return entry(name).type();
  }

  /** The extents of a tensor; none for a scalar. */
  public int[] shape(String name) {
    return entry(name).shape().stream().mapToInt(extent -> toInt(name, extent)).toArray();
  }

  /**
   * A tensor's values, row-major.
   *
   * @throws GanderException if there is no such tensor, its bytes are not those that were written,
   *     or its type has no values that a double can hold
   */
  public double[] doubles(String name) {
    SafetensorsHeader.Entry entry = readable(name);
    var values = new double[elems(entry)];
    read(
        entry,
        (in, at, n) -> {
          for (int i = 0; i < n; i++) {
            values[at + i] = entry.type().get(in);
          }
        });
    return values;
  }

  /** A tensor's values as {@link #doubles} gives them, rounded to float. */
  public float[] floats(String name) {
    SafetensorsHeader.Entry entry = readable(name);
    var values = new float[elems(entry)];
    read(
        entry,
        (in, at, n) -> {
          if (entry.type() == ElementType.F32) {
            in.asFloatBuffer().get(values, at, n);
            return;
          }
          for (int i = 0; i < n; i++) {
            values[at + i] = (float) entry.type().get(in);
          }
        });
    return values;
  }

  /**
   * Reads every tensor that has a SHA-256 and compares it.
   *
   * @throws GanderException if one differs
   */
  public void verify() {
    for (SafetensorsHeader.Entry entry : header.entries().values()) {
      if (metadata().containsKey(SHA256 + entry.name())) {
        read(entry, (in, at, n) -> {});
      }
    }
  }

  @Override
  public void close() {
    closeQuietly(channel);
  }

  /** Takes {@code n} elements from a buffer, the first of which is element {@code at}. */
  private interface Sink {
    void accept(ByteBuffer in, int at, int n);
  }

  private void read(SafetensorsHeader.Entry entry, Sink sink) {
    String expected = metadata().get(SHA256 + entry.name());
    MessageDigest digest = expected == null ? null : sha256();
    int elemBytes = Math.max(1, entry.type().bits() / 8);
    int chunkBytes = (int) Math.min(CHUNK_BYTES, entry.end() - entry.begin());
    var chunk = ByteBuffer.allocate(chunkBytes).order(ByteOrder.LITTLE_ENDIAN);
    try {
      for (long at = entry.begin(); at < entry.end(); at += CHUNK_BYTES) {
        int bytes = (int) Math.min(CHUNK_BYTES, entry.end() - at);
        readFully(channel, chunk.clear().limit(bytes), dataStart + at);
        if (digest != null) {
          digest.update(chunk.array(), 0, bytes);
        }
        sink.accept(chunk.flip(), (int) ((at - entry.begin()) / elemBytes), bytes / elemBytes);
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    if (digest != null && !HexFormat.of().formatHex(digest.digest()).equalsIgnoreCase(expected)) {
      throw new GanderException(
          "%s is damaged: the bytes of tensor '%s' are not those that were written; use another copy of the file"
              .formatted(file, entry.name()));
    }
  }

  private SafetensorsHeader.Entry entry(String name) {
    SafetensorsHeader.Entry entry = header.entries().get(name);
    if (entry == null) {
      throw new GanderException(
          "%s holds no tensor '%s'; it has %d others".formatted(file, name, names().size()));
    }
    return entry;
  }

  private SafetensorsHeader.Entry readable(String name) {
    SafetensorsHeader.Entry entry = entry(name);
    if (!entry.type().readable()) {
      throw new GanderException(
          "%s: tensor '%s' is %s, which Gander does not read; store it as F32"
              .formatted(file, name, entry.type()));
    }
    return entry;
  }

  private int elems(SafetensorsHeader.Entry entry) {
    return toInt(entry.name(), (entry.end() - entry.begin()) * 8 / entry.type().bits());
  }

  private int toInt(String name, long extent) {
    if (extent > Integer.MAX_VALUE - 8) {
      throw new GanderException(
          "%s: tensor '%s' has an extent of %d, more than fits into one array"
              .formatted(file, name, extent));
    }
    return (int) extent;
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static void readFully(FileChannel channel, ByteBuffer into, long position)
      throws IOException {
    long at = position;
    while (into.hasRemaining()) {
      int n = channel.read(into, at);
      if (n < 0) {
        throw new IOException("the file became shorter while it was read");
      }
      at += n;
    }
  }

  private static GanderException unreadable(Path file, IOException e) {
    return new GanderException("cannot read %s: %s".formatted(file, Reason.of(e)), e);
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // Nothing was written: a failed close of a file that was read loses nothing.
    }
  }
}
