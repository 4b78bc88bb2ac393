// SPDX-License-Identifier: Apache-2.0
package gander.runtime.jit;

import gander.runtime.GanderException;
import gander.runtime.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Compiled code on disk, one file an entry, named by its key. An entry is written to a temporary
 * file and renamed, so that two processes may fill one cache; it carries the hash of its content,
 * and one that does not match is not used.
 */
final class JitCache {
  private static final byte[] MAGIC = "GANDER1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int HASH_BYTES = 32;

  private final Path folder;

  JitCache(Path folder) {
    this.folder = folder;
  }

  /** The code under a key; null if there is none or it is damaged. */
  byte @Nullable [] read(String key) {
    Path file = folder.resolve(key);
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (IOException e) {
      return null;
    }
    int begin = MAGIC.length + HASH_BYTES;
    if (content.length < begin
        || !Arrays.equals(content, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      return null;
    }
    byte[] code = Arrays.copyOfRange(content, begin, content.length);
    byte[] hash = Arrays.copyOfRange(content, MAGIC.length, begin);
    return Arrays.equals(hash, Hash.of(code)) ? code : null;
  }

  /**
   * @throws GanderException if the folder cannot be written
   */
  void write(String key, byte[] code) {
    var content = new ByteArrayOutputStream();
    content.writeBytes(MAGIC);
    content.writeBytes(Hash.of(code));
    content.writeBytes(code);
    try {
      Files.createDirectories(folder);
      Path temporary = Files.createTempFile(folder, "entry", ".tmp");
      try {
        Files.write(temporary, content.toByteArray());
        Files.move(
            temporary,
            folder.resolve(key),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary); // still there only if it could not take its name
      }
    } catch (IOException e) {
      throw new GanderException(
          "the kernel cache %s cannot be written (%s): set GANDER_CACHE to a folder that can"
              .formatted(folder, Reason.of(e)),
          e);
    }
  }
}
