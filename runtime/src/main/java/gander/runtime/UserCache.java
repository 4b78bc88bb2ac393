// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which Gander keeps what it can build again: native libraries, compiled kernels,
 * tuning tables. It is the system property {@code gander.cache}, else the environment's {@code
 * GANDER_CACHE}, else {@code gander} in the user's cache folder.
 *
 * <p>Code is loaded from here, so its folders are the user's alone (mode 0700): whoever may write
 * them runs code as the user.
 */
public final class UserCache {
  private UserCache() {}

  /** The root, which need not exist yet. */
  public static Path root() {
    String property = System.getProperty("gander.cache");
    if (property != null) {
      return Path.of(property).toAbsolutePath();
    }
    String own = variable("GANDER_CACHE");
    if (own != null) {
      return Path.of(own).toAbsolutePath();
    }
    String shared = variable("XDG_CACHE_HOME");
    Path caches =
        shared != null ? Path.of(shared) : Path.of(System.getProperty("user.home"), ".cache");
    return caches.resolve("gander").toAbsolutePath();
  }

  /**
   * A folder of the root, created if need be, that only the user can read or write.
   *
   * @throws GanderException if it cannot be created or made private
   */
  public static Path folder(String name) {
    Path folder = root().resolve(name);
    try {
      Files.createDirectories(folder);
      if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      }
      if (!Files.isWritable(folder)) {
        throw new IOException("not writable");
      }
      return folder;
    } catch (IOException e) {
      throw new GanderException(
          "the cache folder %s cannot be used (%s); set GANDER_CACHE to a folder of your own"
              .formatted(folder, Reason.of(e)),
          e);
    }
  }

  private static @Nullable String variable(String name) {
    String value = System.getenv(name);
    return value == null || value.isBlank() ? null : value;
  }
}
