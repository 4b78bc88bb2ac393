// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import org.jspecify.annotations.Nullable;

/**
 * A driver or compiler call that failed. Every driver call of a backend passes one check, and that
 * check throws this: it names the call, its code, the kernel and launch geometry where there is
 * one, the device, and the next thing to try.
 */
public final class DeviceException extends GanderException {
  /**
   * @param call the driver's or compiler's function, as its manual spells it
   * @param code what it returned, by name and number, such as {@code CL_OUT_OF_RESOURCES (-5)}
   * @param subject the kernel and geometry, the buffer, or whatever the call was about
   * @param fix the next thing to try, a whole sentence
   */
  public DeviceException(
      String device, String call, String code, @Nullable String subject, String fix) {
    super(
        "%s: %s failed with %s%s. %s"
            .formatted(device, call, code, subject == null ? "" : " for " + subject, fix));
  }

  public DeviceException(String message, Throwable cause) {
    super(message, cause);
  }

  public DeviceException(String message) {
    super(message);
  }
}
