// SPDX-License-Identifier: Apache-2.0
package gander.models.io;

import gander.runtime.GanderException;
import gander.runtime.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes a file so that whoever reads it, after whatever crash, finds the old content or the new
 * one and nothing in between: the content goes to a temporary file in the same directory, is forced
 * to the disk, and takes the name in one step; then the directory is forced too.
 *
 * <p>A write that fails leaves the old file as it was and no temporary file. A process that is
 * killed may leave one, named {@code .NAME.PID-N.tmp}; no reader ever looks at it.
 */
public final class AtomicFile {
  /** The ending of the files that a killed process may leave. */
  public static final String TEMPORARY = ".tmp";

  private static final AtomicLong COUNT = new AtomicLong();

  private AtomicFile() {}

  /** Whatever writes the content. */
  @FunctionalInterface
  public interface Body {
    /** Writes the whole content to the channel, and does not close it. */
    void writeTo(WritableByteChannel channel) throws IOException;
  }

  /**
   * Writes what the body gives.
   *
   * @throws GanderException if the file cannot be written; it is then as it was
   */
  public static void write(Path file, Body body) {
    write(Disk.SYSTEM, file, body);
  }

  /** Writes bytes; see {@link #write(Path, Body)}. */
  public static void writeBytes(Path file, byte[] bytes) {
    write(file, channel -> writeFully(channel, ByteBuffer.wrap(bytes)));
  }

  /** Writes text as UTF-8; see {@link #write(Path, Body)}. */
  public static void writeText(Path file, String text) {
    writeBytes(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Finds out, before work is spent on it, whether a file could be written, by a temporary file
   * that does not stay.
   *
   * @throws GanderException if it could not
   */
  public static void checkWritable(Path file) {
    if (Files.isDirectory(file)) {
      throw new GanderException("cannot write %s: it is a folder; name a file".formatted(file));
    }
    Path temporary = temporary(file);
    try {
      Disk.SYSTEM.create(temporary).close();
      Disk.SYSTEM.delete(temporary);
    } catch (IOException e) {
      throw cannotWrite(file, e);
    }
  }

  /** Makes the names in a directory permanent, such as that of a directory just made in it. */
  public static void syncDirectory(Path directory) throws IOException {
    Disk.SYSTEM.syncDirectory(directory);
  }

  /** Writes all that remains in a buffer: a channel may take less at a time. */
  public static void writeFully(WritableByteChannel channel, ByteBuffer source) throws IOException {
    while (source.hasRemaining()) {
      channel.write(source);
    }
  }

  static void write(Disk disk, Path file, Body body) {
    Path temporary = temporary(file);
    try {
      boolean renamed = false;
      try {
        try (Disk.Output output = disk.create(temporary)) {
          body.writeTo(output);
          output.sync();
        }
        disk.rename(temporary, file);
        renamed = true;
        disk.syncDirectory(Objects.requireNonNull(temporary.getParent()));
      } finally {
        if (!renamed) {
          disk.delete(temporary);
        }
      }
    } catch (IOException e) {
      throw cannotWrite(file, e);
    }
  }

  private static Path temporary(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    Path name = file.getFileName();
    if (directory == null || name == null || name.toString().isEmpty()) {
      throw new GanderException("cannot write '%s': it is not a file's name".formatted(file));
    }
    return directory.resolve(
        ".%s.%d-%d%s"
            .formatted(name, ProcessHandle.current().pid(), COUNT.incrementAndGet(), TEMPORARY));
  }

  private static GanderException cannotWrite(Path file, IOException e) {
    return new GanderException(
        "cannot write %s: %s; check that the folder exists, may be written and has room"
            .formatted(file, Reason.of(e)),
        e);
  }
}
