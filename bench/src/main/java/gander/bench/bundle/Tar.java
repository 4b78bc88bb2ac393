// SPDX-License-Identifier: Apache-2.0
package gander.bench.bundle;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Writes files in the format of tar (POSIX ustar): a header of 512 bytes each, then the content,
 * padded to a multiple of that. Nothing of the machine gets in: times and owners are the same
 * always.
 */
final class Tar {
  /** When every file was changed last, as far as the archive says. */
  static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

  private static final int BLOCK = 512;
  private static final int NAME = 100;
  private static final char FILE = '0';
  private static final char LINK = '2';

  private final OutputStream out;

  Tar(OutputStream out) {
    this.out = out;
  }

  /** Adds every file under a folder, and links as links, under the folder's own name. */
  void addAll(Path folder) throws IOException {
    Path parent = Objects.requireNonNull(folder.getParent());
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(path -> !Files.isDirectory(path)).sorted().toList();
    }
    for (Path file : files) {
      String name = parent.relativize(file).toString();
      if (Files.isSymbolicLink(file)) {
        header(name, LINK, 0777, 0, Files.readSymbolicLink(file).toString());
      } else {
        long size = Files.size(file);
        header(name, FILE, Files.isExecutable(file) ? 0755 : 0644, size, "");
        Files.copy(file, out);
        pad(size);
      }
    }
  }

  /** Two empty blocks end an archive. */
  void end() throws IOException {
    out.write(new byte[2 * BLOCK]);
  }

  private void header(String name, char type, int mode, long size, String target)
      throws IOException {
    var header = new byte[BLOCK];
    text(header, 0, NAME, name);
    octal(header, 100, 8, mode);
    octal(header, 108, 8, 0); // the owner
    octal(header, 116, 8, 0); // its group
    octal(header, 124, 12, size);
    octal(header, 136, 12, TIME.getEpochSecond());
    Arrays.fill(header, 148, 156, (byte) ' '); // counts as blanks in the sum that replaces it
    header[156] = (byte) type;
    text(header, 157, NAME, target);
    text(header, 257, 6, "ustar");
    text(header, 263, 2, "00");
    int sum = 0;
    for (byte each : header) {
      sum += each & 0xff;
    }
    octal(header, 148, 7, sum);
    out.write(header);
  }

  private static void text(byte[] header, int at, int length, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > length) {
      throw new IllegalArgumentException(
          "'%s' is longer than the %d bytes that there are for it".formatted(text, length));
    }
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  /** Octal digits, and a zero byte at the end. */
  private static void octal(byte[] header, int at, int length, long value) {
    String digits = String.format(Locale.ROOT, "%0" + (length - 1) + "o", value);
    text(header, at, length - 1, digits);
  }

  private void pad(long size) throws IOException {
    int rest = (int) (size % BLOCK);
    if (rest > 0) {
      out.write(new byte[BLOCK - rest]);
    }
  }
}
