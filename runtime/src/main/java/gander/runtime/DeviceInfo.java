// SPDX-License-Identifier: Apache-2.0
package gander.runtime;

import java.util.Locale;

/**
 * What a device is, as far as kernels, plans and reports need to know.
 *
 * @param id how the command line names it: {@code opencl:0}, {@code cuda:0}
 * @param name the driver's name for it
 * @param driver driver and runtime versions, for reports and for the JIT cache's key
 * @param architecture what code is compiled for: {@code sm_90}, {@code skylake-avx512}
 * @param capability CUDA's compute capability as one number (90 for sm_90), 0 elsewhere; {@code sm}
 *     in kernel headers
 * @param computeUnits cores or multiprocessors; {@code units} in kernel headers
 * @param vectorFloats floats that one register of a CPU core holds (8 with AVX2, 16 with AVX-512),
 *     1 on a GPU; {@code simd} in kernel headers
 * @param memoryBytes all of the device's memory
 * @param maxAllocationBytes the largest single allocation
 * @param localMemoryBytes local (shared) memory of one group; {@code local} in kernel headers
 * @param cacheBytes the last cache before memory; 0 if the driver does not say
 * @param alignmentBytes every offset into an allocation must be a multiple of this
 * @param math what was asked of the device's matrix products; {@code tf32} and {@code bf16} in
 *     kernel headers
 */
public record DeviceInfo(
    String id,
    String name,
    String driver,
    Dialect dialect,
    DeviceClass deviceClass,
    String architecture,
    int capability,
    int computeUnits,
    int vectorFloats,
    long memoryBytes,
    long maxAllocationBytes,
    long localMemoryBytes,
    long cacheBytes,
    int alignmentBytes,
    MathMode math) {

  /** The same device, asked for other matrix products. */
  public DeviceInfo with(MathMode other) {
    return new DeviceInfo(
        id,
        name,
        driver,
        dialect,
        deviceClass,
        architecture,
        capability,
        computeUnits,
        vectorFloats,
        memoryBytes,
        maxAllocationBytes,
        localMemoryBytes,
        cacheBytes,
        alignmentBytes,
        other);
  }

  /**
   * The name of this device's tuning table: equal for devices on which the same kernels win, so
   * without the index and the driver version.
   */
  public String tuningKey() {
    String mode = math == MathMode.FP32 ? "" : math.word();
    String words = "%s-%s-%s-%d-%s".formatted(dialect.word, architecture, name, computeUnits, mode);
    return words.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("-+$", "");
  }
}
