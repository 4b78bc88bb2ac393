// SPDX-License-Identifier: Apache-2.0
package gander.runtime.cuda;

import static jcuda.driver.JCudaDriver.*;

import gander.runtime.Device;
import gander.runtime.DeviceClass;
import gander.runtime.DeviceInfo;
import gander.runtime.DeviceProvider;
import gander.runtime.Dialect;
import gander.runtime.GanderException;
import gander.runtime.MathMode;
import gander.runtime.NativeLibrary;
import gander.runtime.Natives;
import gander.runtime.Probe;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import jcuda.JCudaVersion;
import jcuda.LibUtils;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/** Finds NVIDIA's GPUs, in the driver's order, and what compiles for them. */
public final class CudaProvider implements DeviceProvider {
  private static final String DRIVER = "libcuda.so.1";
  private static final String INSTALL_DRIVER =
      "with an NVIDIA GPU, install its driver (Debian: apt-get install nvidia-driver libcuda1); without one, nothing is missing";
  private static final String INSTALL_COMPILER =
      "install NVRTC (pip install nvidia-cuda-nvrtc) or a CUDA toolkit, or name the library in GANDER_NVRTC";

  /** The oldest driver that has all functions that are called, and that NVRTC 12 compiles for. */
  private static final int LEAST = 12_000;

  /** All that {@code cuMemAlloc} gives is aligned to this. */
  static final int ALIGNMENT_BYTES = 256;

  /** What a probe finds; devices are empty where the driver cannot serve. */
  private record Found(
      List<DeviceInfo> devices,
      Optional<CudaCompiler> compiler,
      @Nullable NativeLibrary driver,
      List<Probe.Finding> findings) {}

  @Override
  public String kind() {
    return "cuda";
  }

  @Override
  public Probe probe() {
    Found found = search();
    return new Probe(found.devices(), found.findings());
  }

  @Override
  public Device open(DeviceInfo info) {
    Found found = search();
    if (found.driver() == null || !found.devices().contains(info.with(MathMode.FP32))) {
      throw new GanderException("device '%s' is gone: run 'gander doctor'".formatted(info.id()));
    }
    return new CudaDevice(info, found.compiler(), found.driver());
  }

  private static Found search() {
    var findings = new ArrayList<Probe.Finding>();
    Optional<NativeLibrary> driver = NativeLibrary.open(List.of(DRIVER), "cuInit");
    if (driver.isEmpty()) {
      findings.add(new Probe.Finding(DRIVER, NativeLibrary.whyNot(DRIVER), INSTALL_DRIVER));
    } else {
      findings.add(Probe.Finding.good(DRIVER, driver.get().path()));
    }
    int version = driver.isPresent() ? start(findings) : 0;
    int cuda = version == 0 ? Integer.MAX_VALUE : version / 1000;
    var compilers = new ArrayList<Probe.Finding>();
    Optional<CudaCompiler> nvrtc = look("NVRTC", () -> Nvrtc.find(cuda), compilers);
    Optional<CudaCompiler> nvcc =
        look("nvcc", () -> nvrtc.isPresent() ? Nvcc.find() : Nvcc.find(cuda), compilers);
    Optional<CudaCompiler> compiler = nvrtc.or(() -> nvcc);
    if (driver.isPresent() && compiler.isEmpty()) {
      compilers.add(new Probe.Finding("CUDA compiler", "neither NVRTC nor nvcc", INSTALL_COMPILER));
    }
    List<DeviceInfo> devices = version == 0 ? List.of() : devices(version, compiler, findings);
    findings.addAll(compilers);
    return new Found(devices, compiler, driver.orElse(null), findings);
  }

  private static Optional<CudaCompiler> look(
      String name,
      Supplier<Optional<? extends CudaCompiler>> search,
      List<Probe.Finding> findings) {
    try {
      Optional<CudaCompiler> compiler = search.get().map(found -> found);
      findings.add(
          Probe.Finding.good(
              name,
              compiler.map(found -> found.version() + ", " + found.path()).orElse("not found")));
      return compiler;
    } catch (GanderException e) {
      findings.add(
          new Probe.Finding(
              name, String.valueOf(e.getMessage()), "mend it, or take it out of the way"));
      return Optional.empty();
    }
  }

  /**
   * Binds to the driver and starts it.
   *
   * @return the CUDA that it supports, such as 12040; 0 if it cannot serve
   */
  private static int start(List<Probe.Finding> findings) {
    try {
      String binding =
          LibUtils.createLibraryFileName(
              LibUtils.createPlatformLibraryName("JCudaDriver-" + JCudaVersion.get()));
      Natives.load("/lib/" + binding, () -> JCudaDriver.setExceptionsEnabled(false));
      int code = cuInit(0);
      if (code != CUresult.CUDA_SUCCESS) {
        findings.add(
            new Probe.Finding(
                "cuInit",
                Check.name(code),
                "check with 'nvidia-smi' that the GPU and its driver work, and CUDA_VISIBLE_DEVICES"));
        return 0;
      }
      int[] version = {0};
      new Check("cuda").that(cuDriverGetVersion(version), "cuDriverGetVersion", null);
      String supports = "supports CUDA " + number(version[0]);
      if (version[0] < LEAST) {
        findings.add(
            new Probe.Finding(
                "CUDA driver",
                supports,
                "update it to one for CUDA %s or later".formatted(number(LEAST))));
        return 0;
      }
      findings.add(Probe.Finding.good("CUDA driver", supports));
      return version[0];
    } catch (GanderException | LinkageError e) {
      findings.add(unable(e));
      return 0;
    }
  }

  private static Probe.Finding unable(Throwable e) {
    return new Probe.Finding(
        "JCuda",
        String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString()),
        "run Gander on 64-bit Linux on x86, or mend what the message names");
  }

  private static String number(int version) {
    return "%d.%d".formatted(version / 1000, version % 1000 / 10);
  }

  private static List<DeviceInfo> devices(
      int version, Optional<CudaCompiler> compiler, List<Probe.Finding> findings) {
    try {
      var check = new Check("cuda");
      int[] count = {0};
      check.that(cuDeviceGetCount(count), "cuDeviceGetCount", null);
      var devices = new ArrayList<DeviceInfo>();
      for (int i = 0; i < count[0]; i++) {
        DeviceInfo info = info(check, i, number(version), compiler);
        devices.add(info);
        findings.add(
            Probe.Finding.good(
                info.id(),
                "%s (%s, %d multiprocessors, %d MiB)"
                    .formatted(
                        info.name(),
                        info.architecture(),
                        info.computeUnits(),
                        info.memoryBytes() >> 20)));
      }
      return devices;
    } catch (GanderException e) {
      findings.add(unable(e));
      return List.of();
    }
  }

  private static DeviceInfo info(
      Check check, int ordinal, String driver, Optional<CudaCompiler> compiler) {
    var device = new CUdevice();
    check.that(cuDeviceGet(device, ordinal), "cuDeviceGet", "device " + ordinal);
    byte[] name = new byte[256];
    check.that(cuDeviceGetName(name, name.length, device), "cuDeviceGetName", null);
    long[] bytes = {0};
    check.that(cuDeviceTotalMem(bytes, device), "cuDeviceTotalMem", null);
    int capability =
        10
                * attribute(
                    check, device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
            + attribute(
                check, device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    String options = CudaCompiler.furtherOptions();
    return new DeviceInfo(
        "cuda:" + ordinal,
        new String(name, StandardCharsets.UTF_8).replace("\0", "").strip(),
        "CUDA %s, %s%s"
            .formatted(
                driver,
                compiler.map(CudaCompiler::version).orElse("no compiler"),
                options.isEmpty() ? "" : ", options " + options),
        Dialect.CUDA,
        DeviceClass.GPU,
        "sm_" + capability,
        capability,
        attribute(check, device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
        1,
        bytes[0],
        bytes[0],
        attribute(
            check,
            device,
            CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN),
        attribute(check, device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE),
        ALIGNMENT_BYTES,
        MathMode.FP32);
  }

  private static int attribute(Check check, CUdevice device, int attribute) {
    int[] value = {0};
    check.that(
        cuDeviceGetAttribute(value, attribute, device),
        "cuDeviceGetAttribute",
        CUdevice_attribute.stringFor(attribute));
    return value[0];
  }
}
