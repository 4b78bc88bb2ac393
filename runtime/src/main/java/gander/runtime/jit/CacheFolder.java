// SPDX-License-Identifier: Apache-2.0
package gander.runtime.jit;

import gander.runtime.UserCache;
import java.nio.file.Path;

/** The folders of the user's cache for compiled kernels and for tuning results. */
public final class CacheFolder {
  private CacheFolder() {}

  /** Compiled kernels. */
  public static Path code() {
    return UserCache.folder("jit");
  }

  /** Tuning tables. */
  public static Path tuned() {
    return UserCache.folder("tuned");
  }
}
