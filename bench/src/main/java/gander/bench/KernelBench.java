// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.graph.op.Cost;
import gander.graph.op.Fusion;
import gander.graph.workload.Workloads;
import gander.runtime.Device;
import gander.runtime.GanderException;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.TunedTable;
import gander.runtime.catalogue.Variant;
import gander.runtime.check.Verdict;
import gander.runtime.check.WorkerProcess;
import gander.runtime.check.Workload;
import gander.runtime.tune.Contest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Times the kernels that a program would use, one problem at a time, each against the device's
 * peaks measured in the same rounds. In a round the kernel runs first on what the memory holds,
 * after the measurement of the memory's peak has swept the caches (cold), and then several times on
 * what its last run left in them (hot). A kernel that fails its check is not timed.
 */
final class KernelBench implements AutoCloseable {
  /** A round runs a kernel about this long. */
  private static final double ROUND_MICROS = 2000;

  private static final int MOST_RUNS = 50;

  /** What came out for one problem. */
  sealed interface Outcome {
    Workload workload();

    Variant variant();
  }

  /**
   * Times and rates.
   *
   * @param micros medians of the rounds, caches hot
   * @param coldMicros of the rounds, caches cold
   * @param ofArithmetic share of the peak of arithmetic, hot
   * @param ofRoofline share of what the peaks allow for this much work and traffic, hot: above 1
   *     where the traffic is the caches'
   * @param coldOfRoofline the same, cold
   * @param peer null if there is none
   */
  record Timed(
      Workload workload,
      Variant variant,
      Cost cost,
      Spread micros,
      Spread coldMicros,
      Spread ofArithmetic,
      Spread ofRoofline,
      Spread coldOfRoofline,
      @Nullable Rival peer)
      implements Outcome {
    double flops() {
      return cost.flops() / (micros.median() / 1e6);
    }

    double bytes() {
      return cost.bytes() / (micros.median() / 1e6);
    }
  }

  /**
   * A peer on the same problem, in the same rounds, caches hot.
   *
   * @param how function and layout; where it cannot compute this, why
   * @param micros null where it cannot
   * @param timesOurs its time over ours; null where it cannot
   */
  record Rival(String how, @Nullable Spread micros, @Nullable Spread timesOurs) {}

  /** A kernel that is not right. */
  record Failed(Workload workload, Variant variant, Verdict verdict) implements Outcome {}

  private final Device device;
  private final Catalogue catalogue;
  private final TunedTable tuned;
  private final Path cache;
  private final WorkerProcess checker;
  private final Workloads workloads;
  private final int rounds;
  private final @Nullable KernelPeer peer;
  private final PeakMeter peaks;
  private final ArrayList<Double> peakFlops = new ArrayList<>();
  private final ArrayList<Double> peakBytes = new ArrayList<>();

  /**
   * @param cache folder of compiled kernels
   * @param checker checks on the same device
   * @param peer null for none; stays the caller's
   */
  KernelBench(
      Device device,
      Catalogue catalogue,
      TunedTable tuned,
      Path cache,
      WorkerProcess checker,
      int rounds,
      long seed,
      @Nullable KernelPeer peer) {
    this.device = device;
    this.catalogue = catalogue;
    this.tuned = tuned;
    this.cache = cache;
    this.checker = checker;
    this.rounds = rounds;
    this.peer = peer;
    this.workloads = new Workloads(device.info(), seed);
    this.peaks = new PeakMeter(device, catalogue, cache, seed);
  }

  /**
   * Times one problem with the kernel that a program would use.
   *
   * @throws GanderException if no kernel computes it
   */
  Outcome run(Fusion fusion) {
    Workload workload = workloads.of(fusion);
    Variant variant = catalogue.choose(workload.problem(), device.info(), tuned);
    if (variant == null) {
      throw new GanderException(
          "no kernel for %s computes %s".formatted(device.info().id(), workload.problem()));
    }
    return run(fusion, variant);
  }

  /** Times one variant of a problem. */
  Outcome run(Fusion fusion, Variant variant) {
    Workload workload = workloads.of(fusion);
    Workload.Data data = workload.data(variant.arithmetic());
    checker.take(workload, data);
    Verdict verdict = checker.run(variant.kernel(), variant.setting());
    if (!(verdict instanceof Verdict.Right)) {
      return new Failed(workload, variant, verdict);
    }
    Cost cost = BenchProblems.cost(fusion);
    try (var contest = new Contest(device, catalogue, cache, workload, data)) {
      return time(workload, cost, contest.enter(variant));
    }
  }

  private Timed time(Workload workload, Cost cost, Contest.Entrant entrant) {
    entrant.warmUp();
    int runs = (int) Math.clamp(ROUND_MICROS / entrant.time(), 1, MOST_RUNS);
    KernelPeer.Way way = peer == null ? null : peer.take(workload.problem());
    var micros = new double[rounds];
    var coldMicros = new double[rounds];
    var ofArithmetic = new double[rounds];
    var ofRoofline = new double[rounds];
    var coldOfRoofline = new double[rounds];
    var peerMicros = new double[rounds];
    var timesOurs = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      double flops = peaks.flops();
      double bytes = peaks.bytes(); // It leaves none of the kernel's data in the caches.
      peakFlops.add(flops);
      peakBytes.add(bytes);
      coldMicros[round] = entrant.time();
      var times = new double[runs];
      Arrays.setAll(times, run -> entrant.time());
      micros[round] = Spread.of(times).median();
      double floor = 1e6 * Math.max(cost.flops() / flops, cost.bytes() / bytes);
      ofArithmetic[round] = 1e6 * cost.flops() / flops / micros[round];
      ofRoofline[round] = floor / micros[round];
      coldOfRoofline[round] = floor / coldMicros[round];
      if (peer != null && way != null && way.able()) {
        peerMicros[round] = peer.micros(runs);
        timesOurs[round] = peerMicros[round] / micros[round];
      }
    }
    return new Timed(
        workload,
        entrant.variant(),
        cost,
        Spread.of(micros),
        Spread.of(coldMicros),
        Spread.of(ofArithmetic),
        Spread.of(ofRoofline),
        Spread.of(coldOfRoofline),
        way == null
            ? null
            : new Rival(
                way.how(),
                way.able() ? Spread.of(peerMicros) : null,
                way.able() ? Spread.of(timesOurs) : null));
  }

  /** The device's peak of arithmetic in all rounds so far, operations a second. */
  Spread peakFlops() {
    return Spread.of(peakFlops);
  }

  /** The device's peak of memory in all rounds so far, bytes a second. */
  Spread peakBytes() {
    return Spread.of(peakBytes);
  }

  @Override
  public void close() {
    peaks.close();
  }
}
