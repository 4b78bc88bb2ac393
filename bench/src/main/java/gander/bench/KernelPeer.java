// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.runtime.DeviceInfo;
import gander.runtime.GanderException;
import gander.runtime.catalogue.Problem;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * PyTorch computing one problem after the other when it is told to: the op alone, without what is
 * fused into Gander's kernel, in whichever of its layouts and functions is fastest. Closed by its
 * owner.
 */
final class KernelPeer implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final PeerProcess process;

  /**
   * @param beside the device with which it is compared
   * @throws GanderException if it cannot be started; the message has the process's last line
   */
  KernelPeer(PeerOptions options, DeviceInfo beside) {
    process = new PeerProcess(options.pytorch("pytorch_kernels.py", beside), PeerOptions.ADVICE);
  }

  /** What it said of itself: framework, version, device, as JSON. */
  String description() {
    return process.description();
  }

  /**
   * How it computes a problem.
   *
   * @param able false if it cannot
   * @param how function and layout; if it is not able, why
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
