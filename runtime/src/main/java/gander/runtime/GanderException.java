// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

/**
 * What a person can mend: bad input, a missing library, a device that cannot serve. The message is
 * one sentence or two that name the thing and the fix; the CLI prints it alone and exits with 2.
 * Anything else that is thrown is a fault of Gander's and keeps its stack trace.
 */
public class GanderException extends RuntimeException {
  public GanderException(String message) {
    super(message);
  }

  public GanderException(String message, Throwable cause) {
    super(message, cause);
  }
}
