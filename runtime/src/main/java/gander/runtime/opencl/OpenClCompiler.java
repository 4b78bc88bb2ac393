// SPDX-License-Identifier: Apache-2.0
package gander.runtime.opencl;

import static org.jocl.CL.*;

import gander.runtime.BuildLog;
import gander.runtime.CodeImage;
import gander.runtime.DeviceException;
import gander.runtime.Source;
import java.nio.charset.StandardCharsets;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_program;

/**
 * The driver's compiler. What it gives is the driver's program binary, or the source again where
 * the driver has no binaries.
 *
 * <p>On PoCL 3.1 a binary makes a warm start quick (1 ms a program, against 21 ms from source) for
 * a slower first one (60 to 110 ms more, on top of 100 for the build and 30 to 80 for the code of
 * each block size, which is made at the first launch and kept in PoCL's own cache either way).
 */
record OpenClCompiler(cl_context context, cl_device_id device, Check check) {
  /**
   * Contraction of {@code a*b+c} and the like is the business of the kernels' common header.
   * Warnings are off because drivers print how many there were to the process's own stderr.
   */
  private static final String OPTIONS = "-cl-std=CL1.2 -w ";

  static String furtherOptions() {
    return System.getProperty("gander.opencl.options", "").strip();
  }

  /** See {@link gander.runtime.Device#compile}; any thread may call this. */
  byte[] compile(Source source) {
    cl_program program = buildFromSource(source, source.text());
    try {
      byte[] binary = binary(source, program);
      return binary.length > 0
          ? CodeImage.of(CodeImage.Form.BINARY, binary)
          : CodeImage.of(CodeImage.Form.SOURCE, source.text().getBytes(StandardCharsets.UTF_8));
    } finally {
      clReleaseProgram(program);
    }
  }

  private cl_program buildFromSource(Source source, String text) {
    int[] code = {0};
    var program = clCreateProgramWithSource(context, 1, new String[] {text}, null, code);
    check.that(code[0], "clCreateProgramWithSource", source.name());
    return build(source, program);
  }

  private cl_program build(Source source, cl_program program) {
    String options = OPTIONS + furtherOptions();
    int code = clBuildProgram(program, 1, new cl_device_id[] {device}, options, null, null);
    if (code == CL_SUCCESS) {
      return program;
    }
    String error = BuildLog.firstError(source, log(program));
    clReleaseProgram(program);
    throw error.isEmpty()
        ? check.failed(code, "clBuildProgram", source.name())
        : new DeviceException(
            "%s: clBuildProgram failed with %s for %s: %s"
                .formatted(check.device(), Check.name(code), source.name(), error));
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
      check.that(
          clGetProgramInfo(program, CL_PROGRAM_BINARIES, Sizeof.POINTER, target, null),
          "clGetProgramInfo(CL_PROGRAM_BINARIES)",
          source.name());
    }
    return bytes;
  }

  /** Makes a program of what {@link #compile} gave, which the caller releases. */
  cl_program load(Source source, byte[] binary) {
    CodeImage image = CodeImage.read(check.device(), source, binary);
    return switch (image.form()) {
      case BINARY -> buildFromBinary(source, image.code());
      case SOURCE -> buildFromSource(source, image.text());
    };
  }

  private cl_program buildFromBinary(Source source, byte[] binary) {
    int[] status = {0};
    int[] code = {0};
    var program =
        clCreateProgramWithBinary(
            context,
            1,
            new cl_device_id[] {device},
            new long[] {binary.length},
            new byte[][] {binary},
            status,
            code);
    check.that(status[0], "clCreateProgramWithBinary", source.name());
    check.that(code[0], "clCreateProgramWithBinary", source.name());
    return build(source, program);
  }
}
