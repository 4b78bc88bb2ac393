// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Something that compiles and runs kernels. A backend is one implementation of this interface, with
 * the same sections in the same order, found through {@link DeviceProvider}.
 *
 * <p>Life cycle: open (by {@link Devices}), compile and load, allocate, record, replay, close.
 * Closing a device closes whatever is left on it and reports what its owners forgot.
 *
 * <p>Threads: {@link #compile} may be called from any thread; everything else from the thread that
 * opened the device.
 *
 * <p>Failure: every driver call is checked and throws {@link DeviceException}. Nothing falls back
 * in silence.
 */
public interface Device extends AutoCloseable {
  DeviceInfo info();

  // Compile

  /**
   * Compiles a source for this device alone, without running anything. A compile error names the
   * kernel's own file and line.
   *
   * @return what {@link #load} takes, and what the JIT cache stores
   */
  byte[] compile(Source source);

  /**
   * The same for code that few processes will load, such as a tuner's: what takes least to compile
   * and to load once, which may take longer to load than what {@link #compile} gives.
   */
  default byte[] compileForTrial(Source source) {
    return compile(source);
  }

  /**
   * Whether a process compiles one source at a time, whichever threads ask, and puts off the rest
   * of a kernel's code until its first launch: then other processes can help, and launches that
   * count for nothing bring that code into the driver's own cache.
   */
  default boolean compilesAlone() {
    return false;
  }

  /**
   * Loads compiled code.
   *
   * @param binary what {@link #compile} or {@link #compileForTrial} gave on a device with the same
   *     {@link DeviceInfo}
   * @throws DeviceException if the code cannot be loaded, a damaged binary included
   */
  CodeModule load(Source source, byte[] binary);

  // Allocate and copy

  /** Allocates device memory, its content undefined. */
  Memory allocate(long bytes);

  /** Copies host bytes to the device; the segment may be reused when this returns. */
  void write(Slice target, MemorySegment source);

  /** Copies device bytes to the host, after all work queued before. */
  void read(Slice source, MemorySegment target);

  /** Fills with a repeated 32-bit pattern; the slice's size is a multiple of 4. */
  void fill(Slice target, int pattern);

  // Record and replay

  /** Fixes a list of launches that are then replayed in this order, each seeing those before. */
  Recording record(List<Launch> launches);

  /** Waits until everything queued has run; errors of asynchronous work surface here. */
  void finish();

  @Override
  void close();
}
