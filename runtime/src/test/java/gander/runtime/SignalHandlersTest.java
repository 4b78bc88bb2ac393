// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class SignalHandlersTest {
  /** A signal that nothing here uses. */
  private static final int SIGURG = 23;

  private static final long IGNORE = 1;

  /** C's {@code signal}: sets a handler and gives the one before. */
  private static long set(int signal, long handler) throws Throwable {
    Linker linker = Linker.nativeLinker();
    return (long)
        linker
            .downcallHandle(
                linker.defaultLookup().find("signal").orElseThrow(),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG))
            .invokeExact(signal, handler);
  }

  @Test
  void handlersArePutBack() throws Throwable {
    long before = set(SIGURG, IGNORE);
    set(SIGURG, before);
    try (SignalHandlers _ = SignalHandlers.keep()) {
      assertEquals(before, set(SIGURG, IGNORE));
    }
    assertEquals(before, set(SIGURG, before), "the handler that was set meanwhile is still there");
  }
}
