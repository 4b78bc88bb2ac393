// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.HashMap;
import java.util.Map;

/** Functions of a system library by name, each of which gives back a status code. */
public final class NativeCalls {
  /** A call with its arguments, for where it is made often. */
  public interface Bound {
    /** Makes the call and gives its status. */
    int make();
  }

  private final Map<String, MethodHandle> handles = new HashMap<>();

  /**
   * @param functions by their names in the library
   * @throws GanderException if the library lacks one
   */
  public NativeCalls(NativeLibrary library, Map<String, FunctionDescriptor> functions) {
    functions.forEach((name, type) -> handles.put(name, library.function(name, type)));
  }

  /** The type of a function with these parameters that gives back a status, an {@code int}. */
  public static FunctionDescriptor status(MemoryLayout... parameters) {
    return FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters);
  }

  /** Makes a call and gives its status. */
  public int call(String function, Object... arguments) {
    try {
      return (int) handle(function).invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw uncallable(function, e);
    }
  }

  /** A call to be made later, with arguments of exactly the parameters' types. */
  public Bound bind(String function, Object... arguments) {
    MethodHandle bound = MethodHandles.insertArguments(handle(function), 0, arguments);
    return () -> {
      try {
        return (int) bound.invokeExact();
      } catch (Throwable e) {
        throw uncallable(function, e);
      }
    };
  }

  private MethodHandle handle(String function) {
    MethodHandle handle = handles.get(function);
    if (handle == null) {
      throw new IllegalArgumentException(function);
    }
    return handle;
  }

  private static IllegalStateException uncallable(String function, Throwable cause) {
    return new IllegalStateException(function + " cannot be called", cause);
  }
}
