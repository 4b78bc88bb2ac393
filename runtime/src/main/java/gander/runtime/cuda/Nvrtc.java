// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import static gander.runtime.NativeCalls.status;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import gander.runtime.BuildLog;
import gander.runtime.CodeImage;
import gander.runtime.DeviceException;
import gander.runtime.GanderException;
import gander.runtime.NativeCalls;
import gander.runtime.NativeLibrary;
import gander.runtime.Source;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * NVIDIA's run-time compiler, called through the JDK's foreign functions so that any version of the
 * library serves. It is one of {@link NvidiaLibraries}, of CUDA 13 or 12; {@code gander.nvrtc} or
 * {@code GANDER_NVRTC} overrides the search.
 */
public final class Nvrtc implements CudaCompiler {
  private static final List<String> NAMES =
      List.of("libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so");

  /** All return an {@code nvrtcResult}; sizes are {@code size_t}. */
  private static final Map<String, FunctionDescriptor> FUNCTIONS =
      Map.of(
          "nvrtcVersion", status(ADDRESS, ADDRESS),
          "nvrtcGetNumSupportedArchs", status(ADDRESS),
          "nvrtcGetSupportedArchs", status(ADDRESS),
          "nvrtcCreateProgram", status(ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS),
          "nvrtcCompileProgram", status(ADDRESS, JAVA_INT, ADDRESS),
          "nvrtcGetProgramLogSize", status(ADDRESS, ADDRESS),
          "nvrtcGetProgramLog", status(ADDRESS, ADDRESS),
          "nvrtcGetCUBINSize", status(ADDRESS, ADDRESS),
          "nvrtcGetCUBIN", status(ADDRESS, ADDRESS),
          "nvrtcDestroyProgram", status(ADDRESS));

  private static final int SUCCESS = 0;
  private static final int COMPILATION = 6;

  private final String path;
  private final NativeCalls calls;
  private final String version;
  private final List<String> architectures;

  private Nvrtc(NativeLibrary library) {
    path = library.path();
    openBuiltins();
    calls = new NativeCalls(library, FUNCTIONS);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment major = arena.allocate(JAVA_INT);
      MemorySegment minor = arena.allocate(JAVA_INT);
      check("nvrtcVersion", null, calls.call("nvrtcVersion", major, minor));
      version = "NVRTC %d.%d".formatted(major.get(JAVA_INT, 0), minor.get(JAVA_INT, 0));
      MemorySegment count = arena.allocate(JAVA_INT);
      check("nvrtcGetNumSupportedArchs", null, calls.call("nvrtcGetNumSupportedArchs", count));
      MemorySegment known = arena.allocate(JAVA_INT, count.get(JAVA_INT, 0));
      check("nvrtcGetSupportedArchs", null, calls.call("nvrtcGetSupportedArchs", known));
      architectures =
          IntStream.of(known.toArray(JAVA_INT)).mapToObj(capability -> "sm_" + capability).toList();
    }
  }

  /** The first that there is; see {@link #find(int)}. */
  public static Optional<Nvrtc> find() {
    return find(Integer.MAX_VALUE);
  }

  /**
   * Looks for the library.
   *
   * @param cuda the major version of CUDA that the driver supports: it loads no later one's code
   * @throws GanderException if there are only later ones, or one was asked for by name and cannot
   *     be used
   */
  static Optional<Nvrtc> find(int cuda) {
    String chosen = System.getProperty("gander.nvrtc", NvidiaLibraries.variable("GANDER_NVRTC"));
    List<String> names =
        chosen == null
            ? NvidiaLibraries.candidates(NAMES)
            : Files.isDirectory(Path.of(chosen))
                ? NvidiaLibraries.in(Path.of(chosen), NAMES)
                : List.of(chosen);
    Nvrtc later = null;
    for (String name : names) {
      Optional<Nvrtc> found = NativeLibrary.open(List.of(name), "nvrtcVersion").map(Nvrtc::new);
      if (found.isPresent()) {
        if (found.get().major() <= cuda) {
          return found;
        }
        later = found.get();
      }
    }
    if (later != null) {
      throw later.tooNew(cuda);
    }
    if (chosen != null) {
      throw new GanderException(
          "gander.nvrtc or GANDER_NVRTC names '%s', which is not a usable NVRTC (%s); correct or remove it"
              .formatted(
                  chosen,
                  names.isEmpty()
                      ? "the folder holds none of " + String.join(", ", NAMES)
                      : NativeLibrary.whyNot(names.getFirst())));
    }
    return Optional.empty();
  }

  /**
   * The second half of NVRTC, which it opens by name when it first compiles: where both lie in a
   * folder unknown to the system's loader, it finds only what is open already.
   */
  private void openBuiltins() {
    Path folder = Path.of(path).toAbsolutePath().getParent();
    if (folder != null) {
      for (Path builtins : NvidiaLibraries.list(folder, "libnvrtc-builtins.so.*")) {
        NativeLibrary.preload(builtins.toString());
      }
    }
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public List<String> architectures() {
    return architectures;
  }

  @Override
  public byte[] compile(Source source, String architecture) {
    require(architecture);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment handle = arena.allocate(ADDRESS);
      check(
          "nvrtcCreateProgram",
          source,
          calls.call(
              "nvrtcCreateProgram",
              handle,
              arena.allocateFrom(source.text()),
              arena.allocateFrom(source.name()),
              0,
              MemorySegment.NULL,
              MemorySegment.NULL));
      try {
        return compile(arena, source, handle.get(ADDRESS, 0), architecture);
      } finally {
        calls.call("nvrtcDestroyProgram", handle);
      }
    }
  }

  private byte[] compile(Arena arena, Source source, MemorySegment program, String architecture) {
    var options = new ArrayList<String>();
    options.add("--gpu-architecture=" + architecture);
    options.addAll(CudaCompiler.options());
    MemorySegment texts = arena.allocate(ADDRESS, options.size());
    for (int i = 0; i < options.size(); i++) {
      texts.setAtIndex(ADDRESS, i, arena.allocateFrom(options.get(i)));
    }
    int code = calls.call("nvrtcCompileProgram", program, options.size(), texts);
    if (code != SUCCESS) {
      byte[] log = bytes(arena, source, program, "nvrtcGetProgramLogSize", "nvrtcGetProgramLog");
      String text = new String(log, StandardCharsets.UTF_8).replace("\0", "").strip();
      throw code == COMPILATION
          ? new DeviceException(
              "%s cannot compile %s for %s: %s"
                  .formatted(
                      version, source.name(), architecture, BuildLog.firstError(source, text)))
          : failed("nvrtcCompileProgram", source, code, text);
    }
    byte[] cubin = bytes(arena, source, program, "nvrtcGetCUBINSize", "nvrtcGetCUBIN");
    return CodeImage.of(CodeImage.Form.BINARY, cubin);
  }

  private byte[] bytes(
      Arena arena, Source source, MemorySegment program, String sizeCall, String call) {
    MemorySegment size = arena.allocate(JAVA_LONG);
    check(sizeCall, source, calls.call(sizeCall, program, size));
    MemorySegment bytes = arena.allocate(Math.max(1, size.get(JAVA_LONG, 0)));
    check(call, source, calls.call(call, program, bytes));
    return bytes.asSlice(0, size.get(JAVA_LONG, 0)).toArray(JAVA_BYTE);
  }

  private void check(String call, @Nullable Source source, int code) {
    if (code != SUCCESS) {
      throw failed(call, source, code, "");
    }
  }

  private DeviceException failed(String call, @Nullable Source source, int code, String log) {
    return new DeviceException(
        path,
        call,
        "nvrtcResult " + code,
        source == null ? null : source.name(),
        log.isEmpty() ? "Try another version of NVRTC: set GANDER_NVRTC to its file." : log);
  }
}
