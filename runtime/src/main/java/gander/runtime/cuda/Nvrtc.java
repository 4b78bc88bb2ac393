// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import gander.runtime.BuildLog;
import gander.runtime.CodeImage;
import gander.runtime.DeviceException;
import gander.runtime.GanderException;
import gander.runtime.NativeLibrary;
import gander.runtime.Source;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * NVIDIA's run-time compiler, called through the JDK's foreign functions so that any version of the
 * library serves. It is looked for by the names of CUDA 13 and 12, then in the toolkit of {@code
 * CUDA_HOME}, then among the packages of the active Python environment; {@code gander.nvrtc} or
 * {@code GANDER_NVRTC} overrides the search.
 */
public final class Nvrtc implements CudaCompiler {
  private static final List<String> NAMES =
      List.of("libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so");

  /** All return an {@code nvrtcResult}; sizes are {@code size_t}. */
  private static final Map<String, FunctionDescriptor> FUNCTIONS =
      Map.of(
          "nvrtcVersion", function(ADDRESS, ADDRESS),
          "nvrtcGetNumSupportedArchs", function(ADDRESS),
          "nvrtcGetSupportedArchs", function(ADDRESS),
          "nvrtcCreateProgram", function(ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS),
          "nvrtcCompileProgram", function(ADDRESS, JAVA_INT, ADDRESS),
          "nvrtcGetProgramLogSize", function(ADDRESS, ADDRESS),
          "nvrtcGetProgramLog", function(ADDRESS, ADDRESS),
          "nvrtcGetCUBINSize", function(ADDRESS, ADDRESS),
          "nvrtcGetCUBIN", function(ADDRESS, ADDRESS),
          "nvrtcDestroyProgram", function(ADDRESS));

  private static final int SUCCESS = 0;
  private static final int COMPILATION = 6;

  private final String path;
  private final Map<String, MethodHandle> handles = new HashMap<>();
  private final String version;
  private final List<String> architectures;

  private Nvrtc(NativeLibrary library) {
    path = library.path();
    openBuiltins();
    FUNCTIONS.forEach((name, type) -> handles.put(name, library.function(name, type)));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment major = arena.allocate(JAVA_INT);
      MemorySegment minor = arena.allocate(JAVA_INT);
      check("nvrtcVersion", null, call("nvrtcVersion", major, minor));
      version = "NVRTC %d.%d".formatted(major.get(JAVA_INT, 0), minor.get(JAVA_INT, 0));
      MemorySegment count = arena.allocate(JAVA_INT);
      check("nvrtcGetNumSupportedArchs", null, call("nvrtcGetNumSupportedArchs", count));
      MemorySegment known = arena.allocate(JAVA_INT, count.get(JAVA_INT, 0));
      check("nvrtcGetSupportedArchs", null, call("nvrtcGetSupportedArchs", known));
      architectures =
          IntStream.of(known.toArray(JAVA_INT)).mapToObj(capability -> "sm_" + capability).toList();
    }
  }

  /**
   * Looks for the library.
   *
   * @throws GanderException if one was asked for by name and cannot be used
   */
  public static Optional<Nvrtc> find() {
    String chosen = System.getProperty("gander.nvrtc", variable("GANDER_NVRTC"));
    if (chosen == null) {
      return NativeLibrary.open(candidates(), "nvrtcVersion").map(Nvrtc::new);
    }
    Path named = Path.of(chosen);
    List<String> names = Files.isDirectory(named) ? in(named) : List.of(chosen);
    return Optional.of(
        NativeLibrary.open(names, "nvrtcVersion")
            .map(Nvrtc::new)
            .orElseThrow(() ->
                new GanderException(
                    "gander.nvrtc or GANDER_NVRTC names '%s', which is not a usable NVRTC (%s); correct or remove it"
                        .formatted(chosen, NativeLibrary.whyNot(chosen)))));
  }

  /**
   * The second half of NVRTC, which it opens by name when it first compiles: where both lie in a
   * folder unknown to the system's loader, it finds only what is open already.
   */
  private void openBuiltins() {
    Path folder = Path.of(path).toAbsolutePath().getParent();
    if (folder != null) {
      for (Path builtins : list(folder, "libnvrtc-builtins.so.*")) {
        NativeLibrary.preload(builtins.toString());
      }
    }
  }

  private static List<String> candidates() {
    var candidates = new ArrayList<>(NAMES);
    for (String home : new String[] {"CUDA_HOME", "CUDA_PATH"}) {
      String folder = variable(home);
      if (folder != null) {
        candidates.addAll(in(Path.of(folder, "lib64")));
      }
    }
    String environment = variable("VIRTUAL_ENV");
    if (environment != null) {
      for (Path python : list(Path.of(environment, "lib"), "python3*")) {
        for (Path part : list(python.resolve("site-packages/nvidia"), "*")) {
          candidates.addAll(in(part.resolve("lib")));
        }
      }
    }
    return candidates;
  }

  private static List<String> in(Path folder) {
    return NAMES.stream().map(folder::resolve).filter(Files::exists).map(Path::toString).toList();
  }

  private static List<Path> list(Path folder, String pattern) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, pattern)) {
      var paths = new ArrayList<Path>();
      entries.forEach(paths::add);
      paths.sort(null);
      return paths;
    } catch (IOException e) {
      throw new GanderException("the folder %s cannot be read".formatted(folder), e);
    }
  }

  private static @Nullable String variable(String name) {
    String value = System.getenv(name);
    return value == null || value.isBlank() ? null : value;
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
          call(
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
        call("nvrtcDestroyProgram", handle);
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
    int code = call("nvrtcCompileProgram", program, options.size(), texts);
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
    check(sizeCall, source, call(sizeCall, program, size));
    MemorySegment bytes = arena.allocate(Math.max(1, size.get(JAVA_LONG, 0)));
    check(call, source, call(call, program, bytes));
    return bytes.asSlice(0, size.get(JAVA_LONG, 0)).toArray(JAVA_BYTE);
  }

  private int call(String function, Object... arguments) {
    try {
      MethodHandle handle = handles.get(function);
      if (handle == null) {
        throw new IllegalArgumentException(function);
      }
      return (int) handle.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException(function + " cannot be called", e);
    }
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

  private static FunctionDescriptor function(MemoryLayout... parameters) {
    return FunctionDescriptor.of(JAVA_INT, parameters);
  }
}
