// SPDX-License-Identifier: Apache-2.0
package gander.runtime.hostcuda;

import gander.runtime.Device;
import gander.runtime.Probe;
import gander.runtime.Source;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** What tests of the device have in common. */
final class HostCuda {
  /** Lines before the first of a body. */
  static final int LINES = 4;

  private HostCuda() {}

  /** Opens the device; skips the test where there is no compiler. */
  static Device open() {
    var provider = new HostCudaProvider();
    Probe probe = provider.probe();
    Assumptions.assumeFalse(
        probe.devices().isEmpty(), () -> "needs a C++ compiler: " + probe.findings());
    return provider.open(probe.devices().getFirst());
  }

  /** The kernel {@code k} of float arrays {@code x} and {@code y}, one element a thread. */
  static Source kernel(String body) {
    String text =
        """
        #line 1 "test/k.cu"
        extern "C" __global__ void k(const float* x, float* y) {
          const int item = threadIdx.x;
          const int at = blockIdx.x * blockDim.x + item;

        """;
    return new Source("k", text + body + "}\n", List.of("k"));
  }
}
