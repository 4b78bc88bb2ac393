// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import gander.runtime.GanderException;
import gander.runtime.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * An event file as TensorBoard reads it: records of a length, its checksum, a protocol buffer
 * {@code Event} and its checksum, both checksums CRC-32C, rotated and shifted as TFRecord has them.
 * Each record is handed to the operating system at once.
 */
public final class EventFile implements AutoCloseable {
  /** The fields' numbers with their wire types: {@code number << 3 | type}. */
  private static final int WALL_TIME = (1 << 3) | 1;

  private static final int STEP = 2 << 3;
  private static final int FILE_VERSION = (3 << 3) | 2;
  private static final int SUMMARY = (5 << 3) | 2;
  private static final int VALUE = (1 << 3) | 2;
  private static final int TAG = (1 << 3) | 2;
  private static final int SIMPLE_VALUE = (2 << 3) | 5;

  private final Path file;
  private final FileChannel channel;

  private EventFile(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Begins a file anew, with its folder.
   *
   * @throws GanderException if it cannot be written
   */
  public static EventFile create(Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      FileChannel channel =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE);
      var events = new EventFile(file, channel);
      var version = new ByteArrayOutputStream();
      bytes(version, FILE_VERSION, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
      events.write(version);
      return events;
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /**
   * Writes the numbers of a step.
   *
   * @param values one a name, in single precision there
   */
  public void log(long step, List<String> names, double... values) {
    var summary = new ByteArrayOutputStream();
    for (int i = 0; i < values.length; i++) {
      var value = new ByteArrayOutputStream();
      bytes(value, TAG, names.get(i).getBytes(StandardCharsets.UTF_8));
      value.write(SIMPLE_VALUE);
      value.writeBytes(little(4).putFloat(0, (float) values[i]).array());
      bytes(summary, VALUE, value.toByteArray());
    }
    var event = new ByteArrayOutputStream();
    event.write(STEP);
    varint(event, step);
    bytes(event, SUMMARY, summary.toByteArray());
    try {
      write(event);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /** Writes an event that happens now. */
  private void write(ByteArrayOutputStream rest) throws IOException {
    var event = new ByteArrayOutputStream();
    event.write(WALL_TIME);
    event.writeBytes(little(8).putDouble(0, System.currentTimeMillis() / 1e3).array());
    event.writeBytes(rest.toByteArray());
    byte[] data = event.toByteArray();
    byte[] length = little(8).putLong(0, data.length).array();
    ByteBuffer record = little(8 + 4 + data.length + 4);
    record.put(length).putInt(checksum(length)).put(data).putInt(checksum(data));
    AtomicFile.writeFully(channel, record.flip());
  }

  private static int checksum(byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  private static void bytes(ByteArrayOutputStream out, int field, byte[] bytes) {
    out.write(field);
    varint(out, bytes.length);
    out.writeBytes(bytes);
  }

  /** Seven bits a byte, the lowest first; the highest bit says that more follow. */
  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    for (; rest > 0x7f; rest >>>= 7) {
      out.write((int) ((rest & 0x7f) | 0x80));
    }
    out.write((int) rest);
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  private static GanderException unwritable(Path file, IOException e) {
    return new GanderException("cannot write %s: %s".formatted(file, Reason.of(e)), e);
  }
}
