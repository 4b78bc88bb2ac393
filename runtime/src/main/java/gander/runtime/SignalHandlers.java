// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The process's signal handlers as they are, put back when this is closed: for calls into libraries
 * that install their own. LLVM, which PoCL compiles with, does when it is first used. The JVM's own
 * must stay, because it stops compiled code by a fault in a page that it protects: LLVM's handler
 * of that resets itself as it is entered, and a second thread's fault then ends the process.
 */
public final class SignalHandlers implements AutoCloseable {
  /** POSIX's; above are real-time signals, which no library here takes. */
  private static final int SIGNALS = 31;

  /** More than any system's {@code struct sigaction} has: 152 on Linux. */
  private static final long ACTION_BYTES = 256;

  private final Arena arena = Arena.ofConfined();
  private final Optional<MethodHandle> sigaction;
  private final MemorySegment[] actions = new MemorySegment[SIGNALS + 1];

  private SignalHandlers() {
    Linker linker = Linker.nativeLinker();
    var signature =
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    sigaction =
        linker
            .defaultLookup()
            .find("sigaction")
            .map(function -> linker.downcallHandle(function, signature));
  }

  /** Remembers all handlers. Does nothing where the C library has no {@code sigaction}. */
  public static SignalHandlers keep() {
    var handlers = new SignalHandlers();
    for (int signal = 1; signal <= SIGNALS; signal++) {
      MemorySegment action = handlers.arena.allocate(ACTION_BYTES, Long.BYTES);
      if (handlers.call(signal, MemorySegment.NULL, action)) {
        handlers.actions[signal] = action;
      }
    }
    return handlers;
  }

  private boolean call(int signal, MemorySegment action, MemorySegment old) {
    try {
      return sigaction.isPresent() && (int) sigaction.get().invokeExact(signal, action, old) == 0;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    for (int signal = 1; signal <= SIGNALS; signal++) {
      if (actions[signal] != null) {
        call(signal, actions[signal], MemorySegment.NULL);
      }
    }
    arena.close();
  }
}
