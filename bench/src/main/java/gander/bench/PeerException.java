// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.runtime.GanderException;

/** Another framework's process did not start, or has ended while it was needed. */
final class PeerException extends GanderException {
  private final String reason;

  /**
   * @param message which process, what became of it, and the fix
   * @param reason only what it said last, for where a name stands beside it
   */
  PeerException(String message, String reason) {
    super(message);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
