// SPDX-License-Identifier: Apache-2.0
package gander.runtime.jit;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where this user's compiled kernels and tuning results are: {@code $GANDER_CACHE}, else {@code
 * gander} in {@code $XDG_CACHE_HOME} or {@code ~/.cache}.
 */
public final class CacheFolder {
  private CacheFolder() {}

  public static Path root() {
    String own = System.getProperty("gander.cache", System.getenv("GANDER_CACHE"));
    if (own != null && !own.isBlank()) {
      return Path.of(own).toAbsolutePath();
    }
    @Nullable String shared = System.getenv("XDG_CACHE_HOME");
    Path caches =
        shared != null && !shared.isBlank()
            ? Path.of(shared)
            : Path.of(System.getProperty("user.home"), ".cache");
    return caches.resolve("gander").toAbsolutePath();
  }

  /** Compiled kernels. */
  public static Path code() {
    return root().resolve("jit");
  }

  /** Tuning tables. */
  public static Path tuned() {
    return root().resolve("tuned");
  }
}
