// SPDX-License-Identifier: Apache-2.0
package gander.runtime.opencl;

import static org.jocl.CL.*;

import gander.runtime.DeviceException;
import org.jspecify.annotations.Nullable;

/** The one check that every OpenCL call passes: JOCL itself reports nothing unless told to. */
record Check(String device) {

  void that(int code, String call, @Nullable String subject) {
    if (code != CL_SUCCESS) {
      throw failed(code, call, subject);
    }
  }

  DeviceException failed(int code, String call, @Nullable String subject) {
    return new DeviceException(device, call, name(code), subject, fix(code));
  }

  static String name(int code) {
    return "%s (%d)".formatted(stringFor_errorCode(code), code);
  }

  private static String fix(int code) {
    return switch (code) {
      case CL_MEM_OBJECT_ALLOCATION_FAILURE, CL_OUT_OF_HOST_MEMORY ->
          "The device has not enough memory: use a smaller batch, or close other programs.";
      case CL_OUT_OF_RESOURCES ->
          "Either memory ran out (use a smaller batch) or a kernel wrote outside its buffers (run 'gander check').";
      case CL_INVALID_WORK_GROUP_SIZE, CL_INVALID_WORK_ITEM_SIZE ->
          "Give the kernel a smaller block in its header.";
      case CL_INVALID_KERNEL_NAME ->
          "Name the kernel's function like its pass, and not like one of OpenCL's own functions.";
      case CL_INVALID_KERNEL_ARGS -> "Compare the kernel's parameters with its op's arguments.";
      case CL_INVALID_BINARY -> "The driver does not accept the compiled code: compile it again.";
      case CL_INVALID_BUFFER_SIZE -> "Allocate in smaller pieces.";
      case CL_INVALID_BUILD_OPTIONS -> "Look at the system property gander.opencl.options.";
      case CL_BUILD_PROGRAM_FAILURE, CL_COMPILE_PROGRAM_FAILURE, CL_LINK_PROGRAM_FAILURE ->
          "Mend the source.";
      case CL_MISALIGNED_SUB_BUFFER_OFFSET ->
          "Offsets must be multiples of the device's alignment ('gander devices' shows it).";
      case CL_COMPILER_NOT_AVAILABLE, CL_DEVICE_NOT_AVAILABLE ->
          "Look at the driver with 'gander doctor'.";
      default ->
          "Look at the driver with 'gander doctor'; this may be a fault in Gander or the driver.";
    };
  }
}
