// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

/**
 * One allocation of device memory. It has one owner, who closes it after every recording that uses
 * it; slices do not own.
 */
public interface Memory extends AutoCloseable {
  long bytes();

  /** All of it. */
  default Slice all() {
    return new Slice(this, 0, bytes());
  }

  @Override
  void close();
}
