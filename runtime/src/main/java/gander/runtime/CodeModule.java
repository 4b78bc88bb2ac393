// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

/** Loaded code on one device. Closed by its owner after every recording that uses it. */
public interface CodeModule extends AutoCloseable {
  /** The entry point of that name; it lives as long as the module. */
  Kernel kernel(String function);

  @Override
  void close();

  /** One entry point of a module. */
  interface Kernel {
    String function();
  }
}
