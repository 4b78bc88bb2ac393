// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

/** A kind of device, found by ServiceLoader. Creating a provider touches no native library. */
public interface DeviceProvider {
  /** The first part of its devices' ids: {@code opencl}, {@code cuda}, {@code hostcuda}. */
  String kind();

  /** Whether its devices are there for speed, so that one may be used where none is named. */
  default boolean forSpeed() {
    return true;
  }

  /**
   * Looks for devices without throwing: a library that is missing or a driver that refuses is a
   * finding with its fix. Loads a binding's classes only once the libraries they need are found.
   */
  Probe probe();

  /** Opens a device that {@link #probe} found, whatever is asked of its matrix products. */
  Device open(DeviceInfo info);
}
