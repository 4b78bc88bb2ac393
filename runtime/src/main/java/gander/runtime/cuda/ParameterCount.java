// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import gander.runtime.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * Counts a kernel's parameters with {@code cuFuncGetParamInfo}, which JCuda lacks and drivers have
 * since CUDA 12.4. A launch with too few arguments would make the driver read past them.
 */
final class ParameterCount {
  private static final String CALL = "cuFuncGetParamInfo";

  /** Far above what a kernel can have: 4 KiB of parameters, later 32. */
  private static final long MOST = 1 << 15;

  private final @Nullable MethodHandle call;

  ParameterCount(NativeLibrary driver) {
    call =
        driver.symbols().find(CALL).isEmpty()
            ? null
            : driver.function(
                CALL, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));
  }

  /** The number of parameters, -1 if the driver cannot say. */
  int of(long function) {
    if (call == null) {
      return -1;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment offset = arena.allocate(JAVA_LONG);
      MemorySegment size = arena.allocate(JAVA_LONG);
      int count = 0;
      while (count < MOST
          && (int) call.invokeExact(MemorySegment.ofAddress(function), (long) count, offset, size)
              == 0) {
        count++;
      }
      return count;
    } catch (Throwable e) {
      throw new IllegalStateException(CALL + " cannot be called", e);
    }
  }
}
