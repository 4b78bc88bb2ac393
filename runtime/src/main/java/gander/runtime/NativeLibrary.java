// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;

/**
 * A system library opened by the JDK itself, to see whether and where it is before a binding's
 * classes, which fail for good, are touched. It stays open as long as the process.
 *
 * @param name what it was asked for as
 * @param path the file it was loaded from
 */
public record NativeLibrary(String name, String path, SymbolLookup symbols) {
  private static final Linker LINKER = Linker.nativeLinker();

  /** A C string of unknown length. */
  private static final AddressLayout TEXT =
      ValueLayout.ADDRESS.withTargetLayout(
          MemoryLayout.sequenceLayout(Long.MAX_VALUE, ValueLayout.JAVA_BYTE));

  /** {@code Dl_info}: the file, its base, the symbol's name and address. */
  private static final MemoryLayout DL_INFO =
      MemoryLayout.structLayout(TEXT, ValueLayout.ADDRESS, TEXT, ValueLayout.ADDRESS);

  private static final int RTLD_LAZY = 1;

  /**
   * Opens the first of the names that the system's loader finds.
   *
   * @param symbol a function that the library must have
   */
  public static Optional<NativeLibrary> open(List<String> names, String symbol) {
    for (String name : names) {
      Optional<SymbolLookup> symbols = lookup(name);
      Optional<MemorySegment> address = symbols.flatMap(s -> s.find(symbol));
      if (address.isPresent()) {
        String path = file(address.get()).orElse(name);
        return Optional.of(new NativeLibrary(name, path, symbols.get()));
      }
    }
    return Optional.empty();
  }

  /** Opens a library for others that will ask the system's loader for it by its bare name. */
  public static void preload(String path) {
    lookup(path);
  }

  private static Optional<SymbolLookup> lookup(String name) {
    try {
      return Optional.of(SymbolLookup.libraryLookup(name, Arena.global()));
    } catch (IllegalArgumentException notFound) {
      return Optional.empty();
    }
  }

  /** Why the system's loader does not open a library: its own words behind the name. */
  public static String whyNot(String name) {
    Optional<MemorySegment> dlopen = LINKER.defaultLookup().find("dlopen");
    Optional<MemorySegment> dlerror = LINKER.defaultLookup().find("dlerror");
    if (dlopen.isEmpty() || dlerror.isEmpty()) {
      return "not found";
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment handle =
          (MemorySegment)
              LINKER
                  .downcallHandle(
                      dlopen.get(),
                      FunctionDescriptor.of(
                          ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT))
                  .invokeExact(arena.allocateFrom(name), RTLD_LAZY);
      if (handle.address() != 0) {
        return "opens, but lacks a function that Gander needs";
      }
      MemorySegment message =
          (MemorySegment)
              LINKER.downcallHandle(dlerror.get(), FunctionDescriptor.of(TEXT)).invokeExact();
      if (message.address() == 0) {
        return "not found";
      }
      String why = message.getString(0);
      return why.startsWith(name + ": ") ? why.substring(name.length() + 2) : why;
    } catch (Throwable e) {
      throw new IllegalStateException("dlopen cannot be called", e);
    }
  }

  /** A function of the library. */
  public MethodHandle function(String symbol, FunctionDescriptor type) {
    MemorySegment address =
        symbols
            .find(symbol)
            .orElseThrow(() ->
                new GanderException(
                    "%s has no function %s: it is too old for Gander".formatted(path, symbol)));
    return LINKER.downcallHandle(address, type);
  }

  /** What a function of the library, {@code const char* function(int)}, calls a code. */
  public String name(String function, int code) {
    try {
      MemorySegment name =
          (MemorySegment)
              function(function, FunctionDescriptor.of(TEXT, ValueLayout.JAVA_INT))
                  .invokeExact(code);
      return name.address() == 0 ? Integer.toString(code) : name.getString(0);
    } catch (GanderException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(function + " cannot be called", e);
    }
  }

  private static Optional<String> file(MemorySegment address) {
    Optional<MemorySegment> dladdr = LINKER.defaultLookup().find("dladdr");
    if (dladdr.isEmpty()) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(DL_INFO);
      int found =
          (int)
              LINKER
                  .downcallHandle(
                      dladdr.get(),
                      FunctionDescriptor.of(
                          ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS))
                  .invokeExact(address, info);
      return found == 0 ? Optional.empty() : Optional.of(info.get(TEXT, 0).getString(0));
    } catch (Throwable e) {
      throw new IllegalStateException("dladdr cannot be called", e);
    }
  }
}
