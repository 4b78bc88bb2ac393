// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.bench.nvidia.NvidiaPeer;
import gander.runtime.DeviceInfo;
import gander.runtime.GanderException;
import gander.runtime.JavaProcess;
import gander.runtime.catalogue.Problem;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * PyTorch, or NVIDIA's own libraries, computing one problem after the other when told to: the op
 * alone, without what is fused into Gander's kernel, in whichever of its layouts, functions and
 * algorithms is fastest. Closed by its owner.
 */
final class KernelPeer implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final String title;
  private final PeerProcess process;

  private KernelPeer(String title, PeerProcess process) {
    this.title = title;
    this.process = process;
  }

  /**
   * Starts the peer that was asked for.
   *
   * @param beside the device with which it is compared; one of CUDA's for NVIDIA's libraries
   * @throws GanderException if it cannot be started; the message has the reason
   */
  static KernelPeer start(PeerOptions options, DeviceInfo beside) {
    if (!options.wanted(PeerOptions.NVIDIA)) {
      List<String> command = options.pytorch("pytorch_kernels.py", beside);
      return new KernelPeer("PyTorch", new PeerProcess(command, PeerOptions.ADVICE));
    }
    List<String> arguments = List.of(beside.id(), beside.math().word());
    List<String> command = JavaProcess.command(NvidiaPeer.class, arguments);
    return new KernelPeer("NVIDIA", new PeerProcess(PeerOptions.NVIDIA, command, ""));
  }

  /** A word for it in tables. */
  String title() {
    return title;
  }

  /** What it said of itself: framework, version, device, as JSON. */
  String description() {
    return process.description();
  }

  /**
   * How it computes a problem.
   *
   * @param able false if it cannot
   * @param how function, layout and algorithm; if it is not able, why
   */
  record Way(boolean able, String how) {}

  /** Makes a problem ready: tries all ways and stays with the fastest. */
  Way take(Problem problem) {
    String line = JSON.writeValueAsString(Map.of("op", problem.op(), "dims", problem.dims()));
    JsonNode answer = JSON.readTree(process.ask(line));
    boolean able = answer.has("how");
    return new Way(able, answer.path(able ? "how" : "unable").asString());
  }

  /** The median of some runs of the problem that was taken last, in microseconds. */
  double micros(int runs) {
    return JSON.readTree(process.ask(JSON.writeValueAsString(Map.of("runs", runs))))
            .path("seconds")
            .asDouble()
        * 1e6;
  }

  @Override
  public void close() {
    process.close();
  }
}
