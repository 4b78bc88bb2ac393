// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import java.io.IOException;
import java.nio.file.Path;

/** Where this process, and those it starts, keep what they compile and tune. */
final class Caches {
  private static final String PROPERTY = "gander.cache";

  private Caches() {}

  /** What is done with a cache. */
  interface Action {
    void run() throws IOException;
  }

  /** Does something with a cache of its own. */
  static void in(Path folder, Action action) throws IOException {
    String before = System.setProperty(PROPERTY, folder.toString());
    try {
      action.run();
    } finally {
      if (before == null) {
        System.clearProperty(PROPERTY);
      } else {
        System.setProperty(PROPERTY, before);
      }
    }
  }
}
