// SPDX-License-Identifier: Apache-2.0
package gander.runtime.opencl;

import static org.jocl.CL.*;

import gander.runtime.DeviceClass;
import gander.runtime.DeviceInfo;
import gander.runtime.Dialect;
import gander.runtime.GanderException;
import gander.runtime.MathMode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jocl.Pointer;
import org.jocl.cl_device_id;

/** What a driver says of a device. */
record Facts(cl_device_id device, String platformVersion) {
  private static final Pattern VERSION = Pattern.compile("OpenCL (\\d+)\\.(\\d+).*");

  /** PoCL ends its version with the LLVM target that it compiles for. */
  private static final Pattern POCL_TARGET =
      Pattern.compile(".*PoCL HSTR: \\w+?-\\w+-\\w+-\\w+-gnu-(\\S+)");

  String name() {
    return text(CL_DEVICE_NAME);
  }

  /** Why Gander cannot use it. */
  Optional<String> obstacle() {
    String version = text(CL_DEVICE_VERSION);
    Matcher matcher = VERSION.matcher(version);
    if (!matcher.matches()
        || Integer.parseInt(matcher.group(1)) * 100 + Integer.parseInt(matcher.group(2)) < 102) {
      return Optional.of("has '%s', not OpenCL 1.2 or later".formatted(version));
    }
    if (integer(CL_DEVICE_AVAILABLE) == 0) {
      return Optional.of("is not available");
    }
    if (integer(CL_DEVICE_COMPILER_AVAILABLE) == 0) {
      return Optional.of("has no compiler");
    }
    if (integer(CL_DEVICE_ENDIAN_LITTLE) == 0) {
      return Optional.of("is big-endian");
    }
    return Optional.empty();
  }

  DeviceClass deviceClass() {
    String chosen = System.getProperty("gander.opencl.class");
    if (chosen != null) {
      return switch (chosen) {
        case "cpu" -> DeviceClass.CPU;
        case "gpu" -> DeviceClass.GPU;
        default ->
            throw new GanderException(
                "gander.opencl.class is '%s': use cpu or gpu".formatted(chosen));
      };
    }
    long type = longInteger(CL_DEVICE_TYPE);
    boolean cpu = (type & CL_DEVICE_TYPE_CPU) != 0 && (type & CL_DEVICE_TYPE_GPU) == 0;
    return cpu ? DeviceClass.CPU : DeviceClass.GPU;
  }

  DeviceInfo info(String id) {
    String options = OpenClCompiler.furtherOptions();
    return new DeviceInfo(
        id,
        name(),
        "%s, driver %s%s"
            .formatted(
                platformVersion,
                text(CL_DRIVER_VERSION),
                options.isEmpty() ? "" : ", options " + options),
        Dialect.OPENCL,
        deviceClass(),
        architecture(),
        0,
        integer(CL_DEVICE_MAX_COMPUTE_UNITS),
        deviceClass() == DeviceClass.CPU
            ? Math.max(1, integer(CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT))
            : 1,
        longInteger(CL_DEVICE_GLOBAL_MEM_SIZE),
        longInteger(CL_DEVICE_MAX_MEM_ALLOC_SIZE),
        longInteger(CL_DEVICE_LOCAL_MEM_SIZE),
        longInteger(CL_DEVICE_GLOBAL_MEM_CACHE_SIZE),
        Math.max(1, integer(CL_DEVICE_MEM_BASE_ADDR_ALIGN) / Byte.SIZE),
        MathMode.FP32);
  }

  private String architecture() {
    Matcher matcher = POCL_TARGET.matcher(text(CL_DEVICE_VERSION));
    return matcher.matches() ? matcher.group(1) : name();
  }

  private String text(int parameter) {
    long[] size = {0};
    check(clGetDeviceInfo(device, parameter, 0, null, size));
    byte[] bytes = new byte[Math.toIntExact(size[0])];
    check(clGetDeviceInfo(device, parameter, bytes.length, Pointer.to(bytes), null));
    return new String(bytes, StandardCharsets.UTF_8).replace("\0", "").strip();
  }

  private int integer(int parameter) {
    int[] value = {0};
    check(clGetDeviceInfo(device, parameter, Integer.BYTES, Pointer.to(value), null));
    return value[0];
  }

  private long longInteger(int parameter) {
    long[] value = {0};
    check(clGetDeviceInfo(device, parameter, Long.BYTES, Pointer.to(value), null));
    return value[0];
  }

  private void check(int code) {
    new Check(platformVersion).that(code, "clGetDeviceInfo", null);
  }
}
