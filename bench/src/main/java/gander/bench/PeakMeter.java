// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.graph.workload.Workloads;
import gander.runtime.Device;
import gander.runtime.DeviceClass;
import gander.runtime.GanderException;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.Variant;
import gander.runtime.check.Workload;
import gander.runtime.tune.Contest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a device can do at most, by the kernels of {@code peak}: measured again beside everything
 * that is compared with it, since shared machines change speed from one moment to the next.
 *
 * <p>Used from the device's thread; closed by its owner, before the device.
 */
final class PeakMeter implements AutoCloseable {
  /** A few milliseconds on two cores; a GPU needs more to fill its multiprocessors. */
  private static final int CPU_ELEMS = 1 << 16;

  private static final int GPU_ELEMS = 1 << 22;

  /** 128 MiB read and written: more than caches hold. */
  private static final int MEMORY_ELEMS = 1 << 24;

  private static final long FLOPS_AN_ELEM = 8192;
  private static final long BYTES_AN_ELEM = 8;

  /** Runs of each variant that decide which is the fastest. */
  private static final int TRIALS = 5;

  private final List<Contest> contests = new ArrayList<>();
  private final Contest.Entrant arithmetic;
  private final Contest.Entrant memory;
  private final int arithmeticElems;

  PeakMeter(Device device, Catalogue catalogue, Path cache, long seed) {
    boolean cpu = device.info().deviceClass() == DeviceClass.CPU;
    arithmeticElems = cpu ? CPU_ELEMS : GPU_ELEMS;
    var workloads = new Workloads(device.info(), seed);
    try {
      arithmetic = fastest(device, catalogue, cache, workloads.peakOfArithmetic(arithmeticElems));
      memory = fastest(device, catalogue, cache, workloads.peakOfMemory(MEMORY_ELEMS));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private Contest.Entrant fastest(
      Device device, Catalogue catalogue, Path cache, Workload workload) {
    var contest = new Contest(device, catalogue, cache, workload, workload.data());
    contests.add(contest);
    Contest.Entrant best = null;
    for (Variant variant : catalogue.candidates(workload.problem(), device.info())) {
      Contest.Entrant entrant = contest.enter(variant);
      entrant.warmUp();
      for (int i = 0; i < TRIALS; i++) {
        entrant.time();
      }
      best = best == null || entrant.least() < best.least() ? entrant : best;
    }
    if (best == null) {
      throw new GanderException(
          "no kernel of 'peak' measures %s: add one for it".formatted(device.info().id()));
    }
    return best;
  }

  /** Floating-point operations a second, now. */
  double flops() {
    return arithmeticElems * FLOPS_AN_ELEM / (arithmetic.time() / 1e6);
  }

  /** Bytes read and written a second, now. */
  double bytes() {
    return MEMORY_ELEMS * BYTES_AN_ELEM / (memory.time() / 1e6);
  }

  @Override
  public void close() {
    contests.forEach(Contest::close);
  }
}
