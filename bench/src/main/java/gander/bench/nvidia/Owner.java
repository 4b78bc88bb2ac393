// SPDX-License-Identifier: Apache-2.0
package gander.bench.nvidia;

import java.util.ArrayDeque;
import java.util.Deque;

/** Frees what was made of the driver and of libraries, the last first. */
final class Owner implements AutoCloseable {
  private final Deque<Runnable> ends = new ArrayDeque<>();

  /**
   * @param end frees one thing and does not throw
   */
  void add(Runnable end) {
    ends.push(end);
  }

  @Override
  public void close() {
    while (!ends.isEmpty()) {
      ends.pop().run();
    }
  }
}
