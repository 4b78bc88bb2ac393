// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** Environment variables as native libraries see them, which Java itself only reads. */
public final class ProcessEnvironment {
  private ProcessEnvironment() {}

  /**
   * Sets a variable that is not set yet, so that what the user says wins. Does nothing where the C
   * library has no {@code setenv}. Call it before the library that reads the variable is loaded.
   */
  public static void setDefault(String name, String value) {
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> setenv = linker.defaultLookup().find("setenv");
    if (setenv.isEmpty()) {
      return;
    }
    var signature =
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    try (Arena arena = Arena.ofConfined()) {
      int overwrite = 0;
      int code =
          (int)
              linker
                  .downcallHandle(setenv.get(), signature)
                  .invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), overwrite);
      if (code != 0) {
        throw new IllegalStateException("setenv of " + name + " failed");
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
