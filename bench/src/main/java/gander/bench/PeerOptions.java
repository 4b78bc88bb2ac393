// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.runtime.GanderException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which framework to compare with: the same words in every benchmark. */
final class PeerOptions {
  private static final String PYTORCH = "pytorch";
  static final String ADVICE = "--python names an interpreter that has torch";

  @Option(names = "--peer", paramLabel = "pytorch", description = "the framework to compare with")
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
   * @throws GanderException if what was asked for does not exist
   */
  void check() {
    if (peer != null && !peer.equals(PYTORCH)) {
      throw new GanderException("unknown peer '%s': there is %s".formatted(peer, PYTORCH));
    }
    if (threads < 1) {
      throw new GanderException("--threads is %d; it must be at least 1".formatted(threads));
    }
  }

  boolean wanted() {
    return peer != null;
  }

  String python() {
    return python;
  }

  int threads() {
    return threads;
  }
}
