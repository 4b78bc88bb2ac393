// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.runtime.DeviceInfo;
import gander.runtime.GanderException;
import gander.runtime.MathMode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which framework to compare with: the same words in every benchmark. */
final class PeerOptions {
  static final String PYTORCH = "pytorch";
  static final String DJL = "djl";
  static final String NVIDIA = "nvidia";
  static final String ADVICE = "--python names an interpreter that has torch";

  @Option(
      names = "--peer",
      paramLabel = "NAME",
      description =
          "what to compare with: pytorch; for steps also djl (in Java); for kernels on a CUDA device also nvidia (cuBLAS and cuDNN)")
  private @Nullable String peer;

  @Option(
      names = "--python",
      paramLabel = "PROGRAM",
      defaultValue = "python3",
      description = "an interpreter that has torch (python3)")
  private String python = "python3";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "of the peer (as many as there are processors)")
  private int threads = Runtime.getRuntime().availableProcessors();

  /**
   * @param peers that there are for this benchmark
   * @throws GanderException if what was asked for does not exist
   */
  void check(String... peers) {
    if (peer != null && !List.of(peers).contains(peer)) {
      throw new GanderException(
          "unknown peer '%s': there is %s".formatted(peer, String.join(", ", peers)));
    }
    if (threads < 1) {
      throw new GanderException("--threads is %d; it must be at least 1".formatted(threads));
    }
  }

  boolean wanted() {
    return peer != null;
  }

  boolean wanted(String name) {
    return name.equals(peer);
  }

  /**
   * How one of PyTorch's scripts is started beside a device: on the GPU where that is one of
   * CUDA's, with the same math allowed, else on the processor.
   *
   * @throws GanderException if the script is not there
   */
  List<String> pytorch(String script, DeviceInfo beside) {
    boolean gpu = onGpu(beside);
    return pytorch(
        script, gpu ? beside.id() : "cpu", gpu ? beside.math().word() : MathMode.FP32.word());
  }

  /** How one of PyTorch's scripts is started on the processor. */
  List<String> pytorchOnCpu(String script) {
    return pytorch(script, "cpu", MathMode.FP32.word());
  }

  private List<String> pytorch(String script, String device, String math) {
    return List.of(
        python,
        PeerProcess.script(script).toString(),
        "--threads",
        Integer.toString(threads),
        "--device",
        device,
        "--math",
        math);
  }

  /** Whether PyTorch runs on a GPU beside a device; then it can capture CUDA graphs. */
  static boolean onGpu(DeviceInfo beside) {
    return beside.id().startsWith("cuda:");
  }

  int threads() {
    return threads;
  }
}
