// SPDX-License-Identifier: Apache-2.0
package gander.runtime.hostcuda;

import com.sun.management.OperatingSystemMXBean;
import gander.runtime.Device;
import gander.runtime.DeviceClass;
import gander.runtime.DeviceInfo;
import gander.runtime.DeviceProvider;
import gander.runtime.Dialect;
import gander.runtime.GanderException;
import gander.runtime.MathMode;
import gander.runtime.Probe;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;

/** Finds the C++ compiler that makes this machine's processor run CUDA kernels. */
public final class HostCudaProvider implements DeviceProvider {
  private static final String WHAT = "C++ compiler";
  private static final String INSTALL =
      "to check CUDA kernels without a GPU, install one (Debian: apt-get install g++) or name it in CXX; without that, nothing is missing";

  /**
   * It says that it is a GPU of this kind, an H100, so that kernels choose what they would choose
   * there: capability, multiprocessors and shared memory of a block.
   */
  private static final int CAPABILITY = 90;

  private static final int MULTIPROCESSORS = 132;
  private static final long SHARED_BYTES = 227 << 10;
  private static final int ALIGNMENT_BYTES = 256;

  @Override
  public String kind() {
    return "hostcuda";
  }

  @Override
  public boolean forSpeed() {
    return false;
  }

  @Override
  public Probe probe() {
    try {
      Optional<HostCompiler> compiler = HostCompiler.find();
      if (compiler.isEmpty()) {
        return none("no c++, g++ or clang++ on the PATH", INSTALL);
      }
      return new Probe(
          List.of(info(compiler.get())),
          List.of(
              Probe.Finding.good(WHAT, compiler.get().version() + ", " + compiler.get().path())));
    } catch (GanderException e) {
      return none(String.valueOf(e.getMessage()), "mend it, or take it out of the way");
    }
  }

  private static Probe none(String detail, String fix) {
    return new Probe(List.of(), List.of(new Probe.Finding(WHAT, detail, fix)));
  }

  @Override
  public Device open(DeviceInfo info) {
    return new HostCudaDevice(
        info,
        HostCompiler.find()
            .orElseThrow(() ->
                new GanderException(
                    "device '%s' is gone: run 'gander doctor'".formatted(info.id()))));
  }

  private static DeviceInfo info(HostCompiler compiler) {
    long memory =
        ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
    return new DeviceInfo(
        "hostcuda:0",
        "CUDA kernels on the processor, for checking",
        "%s, machine %s".formatted(compiler.version(), compiler.machineKey()),
        Dialect.CUDA,
        DeviceClass.GPU,
        HostCompiler.architecture(),
        CAPABILITY,
        MULTIPROCESSORS,
        1,
        memory,
        memory,
        SHARED_BYTES,
        0,
        ALIGNMENT_BYTES,
        MathMode.FP32);
  }
}
