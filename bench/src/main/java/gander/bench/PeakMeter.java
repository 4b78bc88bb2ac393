// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.graph.workload.Workloads;
import gander.runtime.Device;
import gander.runtime.DeviceClass;
import gander.runtime.DeviceInfo;
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

  /** Read and written: 128 MiB in all, and at least this many times the last cache. */
  private static final int MEMORY_ELEMS = 1 << 24;

  private static final int CACHES = 4;

  /** A virtual machine may name the cache of a processor of which it has a part. */
  private static final int MOST_MEMORY_ELEMS = 1 << 27;

  private static final long FLOPS_AN_ELEM = 8192;
  private static final long BYTES_AN_ELEM = 8;

  /** Runs of each variant that decide which is the fastest. */
  private static final int TRIALS = 5;

  private final List<Contest> contests = new ArrayList<>();
  private final Contest.Entrant arithmetic;
  private final Contest.Entrant memory;
  private final int arithmeticElems;
  private final int memoryElems;

  PeakMeter(Device device, Catalogue catalogue, Path cache, long seed) {
    boolean cpu = device.info().deviceClass() == DeviceClass.CPU;
    arithmeticElems = cpu ? CPU_ELEMS : GPU_ELEMS;
    memoryElems = memoryElems(device.info());
    var workloads = new Workloads(device.info(), seed);
    try {
      arithmetic = fastest(device, catalogue, cache, workloads.peakOfArithmetic(arithmeticElems));
      memory = fastest(device, catalogue, cache, workloads.peakOfMemory(memoryElems));
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

  private static int memoryElems(DeviceInfo info) {
    long elems = Math.max(MEMORY_ELEMS, CACHES * info.cacheBytes() / BYTES_AN_ELEM);
    long room = Math.min(info.maxAllocationBytes() / Float.BYTES, info.memoryBytes() / 16);
    return (int) (Math.min(Math.min(elems, MOST_MEMORY_ELEMS), room) / 16 * 16);
  }

  /** Bytes read and written a second, now; leaves nothing else in the device's caches. */
  double bytes() {
    return memoryElems * BYTES_AN_ELEM / (memory.time() / 1e6);
  }

  @Override
  public void close() {
    contests.forEach(Contest::close);
  }
}
