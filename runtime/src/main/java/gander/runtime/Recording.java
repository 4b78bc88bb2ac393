// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

/** A fixed list of launches on one device. Closed by its owner. */
public interface Recording extends AutoCloseable {
  /** Queues all launches and returns without waiting. Allocates nothing. */
  void replay();

  /**
   * Runs all launches once, timed by device events, and waits.
   *
   * @return nanoseconds of each launch, in order
   */
  long[] time();

  @Override
  void close();
}
