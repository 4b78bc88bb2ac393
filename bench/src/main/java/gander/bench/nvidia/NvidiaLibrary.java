// SPDX-License-Identifier: Apache-2.0
package gander.bench.nvidia;

import static gander.runtime.NativeCalls.status;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import gander.runtime.GanderException;
import gander.runtime.NativeCalls;
import gander.runtime.NativeLibrary;
import gander.runtime.cuda.NvidiaLibraries;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A library that is opened, with a handle that works on the GPU's stream. cuBLAS and cuDNN name
 * these things alike.
 */
final class NvidiaLibrary {
  /** What the libraries call their common functions. */
  enum Kind {
    CUBLAS(
        "cuBLAS",
        "libcublas.so",
        List.of(13, 12),
        "cublasCreate_v2",
        "cublasSetStream_v2",
        "cublasDestroy_v2",
        "cublasGetProperty",
        "cublasGetStatusName",
        "nvidia-cublas"),
    CUDNN(
        "cuDNN",
        "libcudnn.so",
        List.of(9, 8),
        "cudnnCreate",
        "cudnnSetStream",
        "cudnnDestroy",
        "cudnnGetProperty",
        "cudnnGetErrorString",
        "nvidia-cudnn-cu13");

    private final String title;
    private final String file;
    private final List<Integer> majors;
    private final String create;
    private final String setStream;
    private final String destroy;
    private final String property;
    private final String statusName;
    private final String wheel;

    Kind(
        String title,
        String file,
        List<Integer> majors,
        String create,
        String setStream,
        String destroy,
        String property,
        String statusName,
        String wheel) {
      this.title = title;
      this.file = file;
      this.majors = majors;
      this.create = create;
      this.setStream = setStream;
      this.destroy = destroy;
      this.property = property;
      this.statusName = statusName;
      this.wheel = wheel;
    }

    private List<String> names() {
      var names = new ArrayList<String>();
      majors.forEach(major -> names.add(file + "." + major));
      names.add(file);
      return names;
    }
  }

  private final Kind kind;
  private final NativeLibrary library;
  private final NativeCalls calls;
  private final MemorySegment handle;

  /** Major, minor and patch: what {@code libraryPropertyType} counts. */
  private final int[] version = new int[3];

  /**
   * @param functions that are called beside the common ones; all give back the library's status
   * @param owner of the handle
   * @throws GanderException if there is none that can be used
   */
  NvidiaLibrary(Kind kind, Map<String, FunctionDescriptor> functions, Gpu gpu, Owner owner) {
    this.kind = kind;
    List<String> candidates = NvidiaLibraries.candidates(kind.names());
    library =
        NativeLibrary.open(candidates, kind.create)
            .orElseThrow(() ->
                new GanderException(
                    "no %s %s (%s: %s): 'pip install %s' into the active Python environment, or name its folder in LD_LIBRARY_PATH"
                        .formatted(
                            kind.title,
                            knownMajors(),
                            candidates.getLast(),
                            NativeLibrary.whyNot(candidates.getLast()),
                            kind.wheel)));
    Map<String, FunctionDescriptor> all = new HashMap<>(functions);
    all.put(kind.create, status(ADDRESS));
    all.put(kind.setStream, status(ADDRESS, ADDRESS));
    all.put(kind.destroy, status(ADDRESS));
    all.put(kind.property, status(JAVA_INT, ADDRESS));
    calls = new NativeCalls(library, all);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment number = arena.allocate(JAVA_INT);
      for (int i = 0; i < version.length; i++) {
        call(kind.property, i, number);
        version[i] = number.get(JAVA_INT, 0);
      }
    }
    if (!kind.majors.contains(version[0])) {
      throw new GanderException(
          "%s is %s; Gander knows the functions of %s"
              .formatted(library.path(), version(), knownMajors()));
    }
    handle = made(kind.create, kind.destroy, owner);
    call(kind.setStream, handle, gpu.stream());
  }

  private String knownMajors() {
    return kind.majors.stream().map(String::valueOf).collect(Collectors.joining(" or "));
  }

  /** Name and version. */
  String version() {
    return "%s %d.%d.%d".formatted(kind.title, version[0], version[1], version[2]);
  }

  MemorySegment handle() {
    return handle;
  }

  /**
   * Makes something with a function whose only argument is where to put it.
   *
   * @param destroy the function that frees it
   */
  MemorySegment made(String create, String destroy, Owner owner) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cell = arena.allocate(ADDRESS);
      call(create, cell);
      MemorySegment made = cell.get(ADDRESS, 0);
      owner.add(() -> calls.call(destroy, made));
      return made;
    }
  }

  /**
   * Makes a call.
   *
   * @throws GanderException if the library refuses it
   */
  void call(String function, Object... arguments) {
    check(function, calls.call(function, arguments));
  }

  /** A call to be made later, with arguments of exactly the parameters' types. */
  Runnable bind(String function, Object... arguments) {
    NativeCalls.Bound bound = calls.bind(function, arguments);
    return () -> check(function, bound.make());
  }

  private void check(String function, int code) {
    if (code != 0) {
      throw new GanderException("%s: %s".formatted(function, library.name(kind.statusName, code)));
    }
  }
}
