// SPDX-License-Identifier: Apache-2.0
package gander.runtime.opencl;

import static org.jocl.CL.*;

import gander.runtime.BuildLog;
import gander.runtime.CodeImage;
import gander.runtime.DeviceException;
import gander.runtime.SignalHandlers;
import gander.runtime.Source;
import java.nio.charset.StandardCharsets;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_program;
import org.jspecify.annotations.Nullable;

/**
 * The driver's compiler. What it gives is the driver's program binary, or the source again where
 * the driver has no binaries.
 *
 * <p>On PoCL 3.1 a binary makes a warm start quick (1 ms a program, against 21 ms from source). But
 * it makes the binary of a built program by compiling every kernel once more, for groups of any
 * size, which is twice the work of a build and which no launch ever uses: the code of a group's
 * true size is made at the first launch and kept in PoCL's own cache. The binary of a program that
 * is compiled and not linked has no such code; linking it takes 4 ms where that cache knows it, and
 * a third of a second more for the first one of a process.
 *
 * @param pocl whether the driver is PoCL
 */
record OpenClCompiler(cl_context context, cl_device_id device, Check check, boolean pocl) {
  /**
   * Contraction of {@code a*b+c} and the like is the business of the kernels' common header.
   * Warnings are off: PoCL prints their number on standard error, and on AVX2 it warns of every
   * float16 that a function returns.
   */
  private static final String OPTIONS = "-cl-std=CL1.2 -w ";

  static String furtherOptions() {
    return System.getProperty("gander.opencl.options", "").strip();
  }

  /** See {@link gander.runtime.Device#compile}; any thread may call this. */
  byte[] compile(Source source) {
    try (var _ = lock(source)) {
      return image(source, buildFromSource(source, source.text()), CodeImage.Form.BINARY);
    }
  }

  /** See {@link gander.runtime.Device#compileForTrial}. */
  byte[] compileForTrial(Source source) {
    // Options that PoCL heeds when it makes code would not reach a program that is linked.
    if (!pocl || !furtherOptions().isEmpty()) {
      return compile(source);
    }
    try (var _ = lock(source)) {
      return image(source, compiled(source), CodeImage.Form.OBJECT);
    }
  }

  private @Nullable PoclCacheLock lock(Source source) {
    return pocl ? PoclCacheLock.of(source) : null;
  }

  /** The program's binary, or the source where there is none; releases the program. */
  private byte[] image(Source source, cl_program program, CodeImage.Form form) {
    try {
      byte[] binary = binary(source, program);
      return binary.length > 0
          ? CodeImage.of(form, binary)
          : CodeImage.of(CodeImage.Form.SOURCE, source.text().getBytes(StandardCharsets.UTF_8));
    } finally {
      clReleaseProgram(program);
    }
  }

  private cl_program compiled(Source source) {
    cl_program program = create(source, source.text());
    try (SignalHandlers _ = SignalHandlers.keep()) {
      int code = clCompileProgram(program, 1, devices(), options(), 0, null, null, null, null);
      return require(code, "clCompileProgram", source, program);
    }
  }

  private cl_program buildFromSource(Source source, String text) {
    return build(source, create(source, text));
  }

  private cl_program create(Source source, String text) {
    int[] code = {0};
    var program = clCreateProgramWithSource(context, 1, new String[] {text}, null, code);
    check.that(code[0], "clCreateProgramWithSource", source.name());
    return program;
  }

  private cl_program build(Source source, cl_program program) {
    try (SignalHandlers _ = SignalHandlers.keep()) {
      int code = clBuildProgram(program, 1, devices(), options(), null, null);
      return require(code, "clBuildProgram", source, program);
    }
  }

  private static String options() {
    return OPTIONS + furtherOptions();
  }

  private cl_device_id[] devices() {
    return new cl_device_id[] {device};
  }

  /** The program; if the call on it failed, releases it and says what its log does. */
  private cl_program require(int code, String call, Source source, cl_program program) {
    if (code == CL_SUCCESS) {
      return program;
    }
    String error = BuildLog.firstError(source, log(program));
    clReleaseProgram(program);
    throw error.isEmpty()
        ? check.failed(code, call, source.name())
        : new DeviceException(
            "%s: %s failed with %s for %s: %s"
                .formatted(check.device(), call, Check.name(code), source.name(), error));
  }

  private String log(cl_program program) {
    long[] size = {0};
    int code = clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, 0, null, size);
    if (code != CL_SUCCESS) {
      return "";
    }
    byte[] bytes = new byte[Math.toIntExact(size[0])];
    code =
        clGetProgramBuildInfo(
            program, device, CL_PROGRAM_BUILD_LOG, bytes.length, Pointer.to(bytes), null);
    return code == CL_SUCCESS
        ? new String(bytes, StandardCharsets.UTF_8).replace("\0", "").strip()
        : "";
  }

  private byte[] binary(Source source, cl_program program) {
    long[] size = {0};
    check.that(
        clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, Sizeof.size_t, Pointer.to(size), null),
        "clGetProgramInfo(CL_PROGRAM_BINARY_SIZES)",
        source.name());
    byte[] bytes = new byte[Math.toIntExact(size[0])];
    if (bytes.length > 0) {
      Pointer target = Pointer.to(Pointer.to(bytes));
      try (SignalHandlers _ = SignalHandlers.keep()) { // PoCL compiles once more for its binary.
        check.that(
            clGetProgramInfo(program, CL_PROGRAM_BINARIES, Sizeof.POINTER, target, null),
            "clGetProgramInfo(CL_PROGRAM_BINARIES)",
            source.name());
      }
    }
    return bytes;
  }

  /** Makes a program of what {@link #compile} gave, which the caller releases. */
  cl_program load(Source source, byte[] binary) {
    CodeImage image = CodeImage.read(check.device(), source, binary);
    try (var _ = lock(source)) {
      return switch (image.form()) {
        case BINARY -> build(source, fromBinary(source, image.code()));
        case OBJECT -> link(source, fromBinary(source, image.code()));
        case SOURCE -> buildFromSource(source, image.text());
      };
    }
  }

  private cl_program link(Source source, cl_program object) {
    int[] code = {0};
    try (SignalHandlers _ = SignalHandlers.keep()) {
      var program =
          clLinkProgram(context, 1, devices(), "", 1, new cl_program[] {object}, null, null, code);
      if (program == null) {
        throw check.failed(code[0], "clLinkProgram", source.name());
      }
      return require(code[0], "clLinkProgram", source, program);
    } finally {
      clReleaseProgram(object);
    }
  }

  private cl_program fromBinary(Source source, byte[] binary) {
    int[] status = {0};
    int[] code = {0};
    var program =
        clCreateProgramWithBinary(
            context, 1, devices(), new long[] {binary.length}, new byte[][] {binary}, status, code);
    check.that(status[0], "clCreateProgramWithBinary", source.name());
    check.that(code[0], "clCreateProgramWithBinary", source.name());
    return program;
  }
}
