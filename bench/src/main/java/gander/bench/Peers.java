// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.models.run.RunConfig;
import gander.runtime.DeviceInfo;
import gander.runtime.Parallel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/**
 * Another framework's steps in the modes that were asked for. A mode that fails is left out and the
 * others go on: what compiles a step, or captures it, is the part of a framework that breaks first.
 * Closed by its owner.
 */
final class Peers implements AutoCloseable {
  /** Compiling a step keeps about so many cores busy. */
  private static final int CORES_A_START = 4;

  private final List<Peer> started = new ArrayList<>();
  private final Map<String, PeerException> failed = new LinkedHashMap<>();

  /**
   * Starts DJL's step.
   *
   * @throws gander.runtime.GanderException if it cannot be started: it has one mode
   */
  void startDjl(RunConfig config, PeerOptions options) {
    started.add(Peer.djl(config, options.threads()));
  }

  /**
   * Starts PyTorch's step in some modes, on a machine of many cores several at a time.
   *
   * @param starting told of each mode before it is started
   * @throws PeerException if none can be started
   */
  void startPytorch(
      RunConfig config,
      PeerOptions options,
      List<String> modes,
      DeviceInfo beside,
      Consumer<String> starting) {
    var places = new ConcurrentSkipListMap<Integer, Peer>();
    var failures = new ConcurrentSkipListMap<Integer, PeerException>();
    var jobs = new ArrayList<Runnable>();
    for (int i = 0; i < modes.size(); i++) {
      int place = i;
      jobs.add(() -> {
        starting.accept(modes.get(place));
        try {
          places.put(place, Peer.pytorch(options, config, modes.get(place), beside));
        } catch (PeerException e) {
          failures.put(place, e);
        }
      });
    }
    try {
      Parallel.run(Math.max(1, Runtime.getRuntime().availableProcessors() / CORES_A_START), jobs);
    } finally {
      started.addAll(places.values()); // Whatever becomes of the others, these are to be closed.
    }
    failures.forEach((place, e) -> failed.put(modes.get(place), e));
    requireOne();
  }

  /** Those that were started. */
  List<Peer> started() {
    return started;
  }

  /** One that was started has failed since. */
  void failed(String mode, PeerException e) {
    failed.put(mode, e);
  }

  /** The modes that failed, and how. */
  Map<String, PeerException> failures() {
    return failed;
  }

  /** What the framework said of itself in a mode that was started, as JSON. */
  String description(String mode) {
    return started.stream()
        .filter(peer -> peer.mode().equals(mode))
        .findFirst()
        .orElseThrow()
        .description();
  }

  /**
   * Fails where all that was asked for did.
   *
   * @throws PeerException the first failure
   */
  void requireOne() {
    if (!failed.isEmpty() && started.stream().allMatch(peer -> failed.containsKey(peer.mode()))) {
      throw failed.values().iterator().next();
    }
  }

  @Override
  public void close() {
    started.forEach(Peer::close);
  }
}
