// SPDX-License-Identifier: Apache-2.0
package gander.models;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.runtime.GanderException;
import org.junit.jupiter.api.function.Executable;

/** Checks that something is refused in one sentence that names what matters. */
public final class Refusal {
  private Refusal() {}

  public static void of(Executable action, Object... named) {
    String message = assertThrows(GanderException.class, action).getMessage();
    assertFalse(message.contains("\n"), message);
    for (Object part : named) {
      assertTrue(message.contains(part.toString()), () -> "'" + part + "' in: " + message);
    }
  }
}
