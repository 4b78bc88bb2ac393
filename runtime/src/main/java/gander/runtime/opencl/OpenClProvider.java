// SPDX-License-Identifier: Apache-2.0
package gander.runtime.opencl;

import static org.jocl.CL.*;

import gander.runtime.Device;
import gander.runtime.DeviceClass;
import gander.runtime.DeviceException;
import gander.runtime.DeviceInfo;
import gander.runtime.DeviceProvider;
import gander.runtime.GanderException;
import gander.runtime.NativeLibrary;
import gander.runtime.Natives;
import gander.runtime.Probe;
import gander.runtime.ProcessEnvironment;
import gander.runtime.SignalHandlers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jocl.CL;
import org.jocl.LibUtils;
import org.jocl.Pointer;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/** Finds the OpenCL devices of all platforms: GPUs first, otherwise in the loader's order. */
public final class OpenClProvider implements DeviceProvider {
  private static final String LOADER = "libOpenCL.so.1";
  private static final String INSTALL =
      "install a loader and a driver (Debian: apt-get install pocl-opencl-icd ocl-icd-libopencl1)";
  private static final Path VENDORS = Path.of("/etc/OpenCL/vendors");

  /** JOCL's name for its native library, which holds its version. */
  private static final String BINDING = "JOCL_2_0_6";

  /** A device and what is known of it. */
  record Found(cl_device_id device, DeviceInfo info) {}

  @Override
  public String kind() {
    return "opencl";
  }

  @Override
  public Probe probe() {
    var findings = new ArrayList<Probe.Finding>();
    var devices = search(findings).stream().map(Found::info).toList();
    return new Probe(devices, findings);
  }

  @Override
  public Device open(DeviceInfo info) {
    return search(new ArrayList<>()).stream()
        .filter(found -> found.info().id().equals(info.id()))
        .findFirst()
        .map(found -> new OpenClDevice(found.device(), info))
        .orElseThrow(() ->
            new GanderException("device '%s' is gone: run 'gander doctor'".formatted(info.id())));
  }

  private static List<Found> search(List<Probe.Finding> findings) {
    Optional<NativeLibrary> loader =
        NativeLibrary.open(List.of(LOADER, "libOpenCL.so"), "clGetPlatformIDs");
    if (loader.isEmpty()) {
      findings.add(new Probe.Finding(LOADER, NativeLibrary.whyNot(LOADER), INSTALL));
      return List.of();
    }
    findings.add(Probe.Finding.good(LOADER, loader.get().path()));
    drivers(findings);
    // PoCL's threads otherwise often share a core: measured, half the speed on 200 us kernels.
    ProcessEnvironment.setDefault("POCL_AFFINITY", "1");
    try (SignalHandlers _ = SignalHandlers.keep()) {
      String library = LibUtils.createLibraryFileName(LibUtils.createPlatformLibraryName(BINDING));
      Natives.load("/lib/" + library, () -> CL.setExceptionsEnabled(false));
      return devices(platforms(findings), findings);
    } catch (GanderException | LinkageError e) {
      findings.add(
          new Probe.Finding(
              "JOCL",
              String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString()),
              "run Gander on a system that JOCL supports, or mend what the message names"));
      return List.of();
    }
  }

  /** The drivers that are registered with the loader, which passes over broken ones in silence. */
  private static void drivers(List<Probe.Finding> findings) {
    String chosen = System.getenv("OCL_ICD_VENDORS");
    Path vendors = chosen == null ? VENDORS : Path.of(chosen);
    if (!Files.isDirectory(vendors)) {
      findings.add(
          chosen == null
              ? new Probe.Finding(VENDORS.toString(), "no OpenCL driver is registered", INSTALL)
              : Probe.Finding.good("OCL_ICD_VENDORS", chosen));
      return;
    }
    try (Stream<Path> files = Files.list(vendors)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".icd")).sorted().toList()) {
        String driver = Files.readString(file).strip();
        Optional<NativeLibrary> library =
            NativeLibrary.open(List.of(driver), "clGetExtensionFunctionAddress");
        findings.add(
            library.isPresent()
                ? Probe.Finding.good(file.toString(), library.get().path())
                : new Probe.Finding(
                    file.toString(),
                    "names a driver that cannot be loaded: %s: %s"
                        .formatted(driver, NativeLibrary.whyNot(driver)),
                    "reinstall the driver's package, or delete this file"));
      }
    } catch (IOException e) {
      findings.add(
          new Probe.Finding(
              vendors.toString(), "cannot be read: " + e, "make it readable for this user"));
    }
  }

  private static List<cl_platform_id> platforms(List<Probe.Finding> findings) {
    int[] count = {0};
    int code = clGetPlatformIDs(0, null, count);
    if (code == CL_PLATFORM_NOT_FOUND_KHR || (code == CL_SUCCESS && count[0] == 0)) {
      findings.add(new Probe.Finding("OpenCL platforms", "none", INSTALL));
      return List.of();
    }
    if (code != CL_SUCCESS) {
      findings.add(new Probe.Finding("clGetPlatformIDs", Check.name(code), INSTALL));
      return List.of();
    }
    var platforms = new cl_platform_id[count[0]];
    clGetPlatformIDs(platforms.length, platforms, null);
    return List.of(platforms);
  }

  private static List<Found> devices(List<cl_platform_id> platforms, List<Probe.Finding> findings) {
    record Usable(cl_device_id device, Facts facts) {}
    var usable = new ArrayList<Usable>();
    for (cl_platform_id platform : platforms) {
      String version = text(platform, CL_PLATFORM_VERSION);
      findings.add(Probe.Finding.good(text(platform, CL_PLATFORM_NAME), version));
      for (cl_device_id device : devices(platform, findings)) {
        try {
          var facts = new Facts(device, version);
          facts
              .obstacle()
              .ifPresentOrElse(
                  obstacle ->
                      findings.add(
                          new Probe.Finding(
                              facts.name(), obstacle, "update the driver, or use another device")),
                  () -> usable.add(new Usable(device, facts)));
        } catch (DeviceException e) {
          findings.add(
              new Probe.Finding(
                  "a device of " + version, String.valueOf(e.getMessage()), "update the driver"));
        }
      }
    }
    usable.sort(Comparator.comparingInt(u -> u.facts().deviceClass() == DeviceClass.GPU ? 0 : 1));
    var found = new ArrayList<Found>();
    for (Usable each : usable) {
      DeviceInfo info = each.facts().info("opencl:" + found.size());
      found.add(new Found(each.device(), info));
      findings.add(
          Probe.Finding.good(
              info.id(),
              "%s (%s, %d units, %d MiB)"
                  .formatted(
                      info.name(),
                      info.deviceClass(),
                      info.computeUnits(),
                      info.memoryBytes() >> 20)));
    }
    return found;
  }

  private static List<cl_device_id> devices(cl_platform_id platform, List<Probe.Finding> findings) {
    int[] count = {0};
    int code = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, null, count);
    if (code != CL_SUCCESS || count[0] == 0) {
      findings.add(
          new Probe.Finding(
              text(platform, CL_PLATFORM_NAME),
              code == CL_SUCCESS || code == CL_DEVICE_NOT_FOUND
                  ? "has no device"
                  : "clGetDeviceIDs failed with " + Check.name(code),
              "check that the device is there and that this user may use it"));
      return List.of();
    }
    var devices = new cl_device_id[count[0]];
    code = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, devices.length, devices, null);
    return code == CL_SUCCESS ? List.of(devices) : List.of();
  }

  private static String text(cl_platform_id platform, int parameter) {
    long[] size = {0};
    if (clGetPlatformInfo(platform, parameter, 0, null, size) != CL_SUCCESS) {
      return "unknown";
    }
    byte[] bytes = new byte[Math.toIntExact(size[0])];
    int code = clGetPlatformInfo(platform, parameter, bytes.length, Pointer.to(bytes), null);
    return code == CL_SUCCESS
        ? new String(bytes, StandardCharsets.UTF_8).replace("\0", "").strip()
        : "unknown";
  }
}
