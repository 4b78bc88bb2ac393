// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import gander.runtime.DeviceException;
import java.util.Set;
import jcuda.driver.CUresult;
import org.jspecify.annotations.Nullable;

/**
 * The one check that every driver call passes. After some errors the driver answers every later
 * call with the same code, far from the cause; this remembers the first and says so instead.
 */
final class Check {
  /** Newer than JCuda: {@code CUDA_ERROR_CONTAINED} and {@code CUDA_ERROR_TENSOR_MEMORY_LEAK}. */
  private static final int CONTAINED = 226;

  private static final int TENSOR_MEMORY_LEAK = 721;

  /** Those after which {@code cuda.h} says that the process must be started again. */
  private static final Set<Integer> STICKY =
      Set.of(
          CUresult.CUDA_ERROR_ECC_UNCORRECTABLE,
          CUresult.CUDA_ERROR_NVLINK_UNCORRECTABLE,
          CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
          CUresult.CUDA_ERROR_LAUNCH_TIMEOUT,
          CUresult.CUDA_ERROR_CONTEXT_IS_DESTROYED,
          CUresult.CUDA_ERROR_ASSERT,
          CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR,
          CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
          CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
          CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE,
          CUresult.CUDA_ERROR_INVALID_PC,
          CUresult.CUDA_ERROR_LAUNCH_FAILED,
          CONTAINED,
          TENSOR_MEMORY_LEAK);

  private final String device;
  private @Nullable String death;

  Check(String device) {
    this.device = device;
  }

  void that(int code, String call, @Nullable String subject) {
    if (code != CUresult.CUDA_SUCCESS) {
      throw failed(code, call, subject);
    }
  }

  DeviceException failed(int code, String call, @Nullable String subject) {
    var failure = new DeviceException(device, call, name(code), subject, fix(code));
    if (STICKY.contains(code)) {
      death = "%s failed with %s".formatted(call, name(code));
    }
    return failure;
  }

  boolean dead() {
    return death != null;
  }

  /** Refuses all work on a device that has died. */
  void alive() {
    if (death != null) {
      throw new DeviceException(
          "%s is dead since %s: its memory and its queue are lost. Start the program again."
              .formatted(device, death));
    }
  }

  static String name(int code) {
    String name = CUresult.stringFor(code);
    return name.startsWith("CUDA_")
        ? "%s (%d)".formatted(name, code)
        : "CUDA error %d".formatted(code);
  }

  private static String fix(int code) {
    return switch (code) {
      case CUresult.CUDA_ERROR_OUT_OF_MEMORY ->
          "The device has not enough memory: use a smaller batch, or close other programs ('nvidia-smi' lists them).";
      case CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
          CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
          CUresult.CUDA_ERROR_LAUNCH_FAILED,
          CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE,
          CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
          CUresult.CUDA_ERROR_INVALID_PC,
          CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR ->
          "A kernel that ran before this call is wrong: run 'gander check', or the program under compute-sanitizer, to find it.";
      case CUresult.CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, CUresult.CUDA_ERROR_INVALID_VALUE ->
          "Compare the launch with the kernel's header: a smaller block, or less shared memory.";
      case CUresult.CUDA_ERROR_NOT_FOUND ->
          "Declare the kernel's function extern \"C\" and name it like its pass.";
      case CUresult.CUDA_ERROR_INVALID_IMAGE, CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU ->
          "The code is for another architecture, or damaged: compile it again.";
      case CUresult.CUDA_ERROR_NO_DEVICE ->
          "Check with 'nvidia-smi' that the GPU is there, and CUDA_VISIBLE_DEVICES.";
      default ->
          "Look at the driver with 'gander doctor'; this may be a fault in Gander or the driver.";
    };
  }
}
