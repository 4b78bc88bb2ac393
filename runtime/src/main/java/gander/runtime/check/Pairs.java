// SPDX-License-Identifier: Apache-2.0
package gander.runtime.check;

import gander.runtime.DeviceInfo;
import gander.runtime.GanderException;
import gander.runtime.catalogue.KernelFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** Which kernels are to run on which workloads. */
public final class Pairs {
  private final Map<String, Set<Workload>> byKernel = new HashMap<>();
  private final Set<Workload> workloads = new LinkedHashSet<>();

  /** Each kernel with every workload of its op. */
  public static Pairs all(Collection<KernelFile> kernels, Collection<Workload> workloads) {
    var pairs = new Pairs();
    pairs.workloads.addAll(workloads);
    for (KernelFile kernel : kernels) {
      pairs.byKernel.put(kernel.path(), new HashSet<>(ofOp(kernel, workloads)));
    }
    return pairs;
  }

  /**
   * Each kernel with some of the workloads of its op that it computes: one, drawn at random, from
   * each of so many equal stretches of the list, so that all parts and all kinds come up.
   *
   * @param most of a kernel, which has all that it computes where they are no more
   */
  public static Pairs some(
      Collection<KernelFile> kernels,
      Collection<Workload> workloads,
      DeviceInfo device,
      int most,
      long seed) {
    var pairs = new Pairs();
    var drawn = new HashSet<Workload>();
    for (KernelFile kernel : kernels) {
      List<Workload> able =
          ofOp(kernel, workloads).stream().filter(w -> computes(kernel, w, device)).toList();
      List<Workload> own = draw(able, most, seed);
      pairs.byKernel.put(kernel.path(), new HashSet<>(own));
      drawn.addAll(own);
    }
    workloads.stream().filter(drawn::contains).forEach(pairs.workloads::add);
    return pairs;
  }

  private static List<Workload> ofOp(KernelFile kernel, Collection<Workload> workloads) {
    return workloads.stream().filter(w -> w.problem().op().equals(kernel.op())).toList();
  }

  /** A header that cannot be read is for the check to tell. */
  private static boolean computes(KernelFile kernel, Workload workload, DeviceInfo device) {
    try {
      return !kernel.settings(workload.problem(), device).isEmpty();
    } catch (GanderException e) {
      return true;
    }
  }

  private static List<Workload> draw(List<Workload> able, int most, long seed) {
    if (able.size() <= most) {
      return able;
    }
    var random = new SplittableRandom(seed);
    var drawn = new ArrayList<Workload>();
    for (long i = 0; i < most; i++) {
      int begin = (int) (i * able.size() / most);
      int end = (int) ((i + 1) * able.size() / most);
      drawn.add(able.get(random.nextInt(begin, end)));
    }
    return drawn;
  }

  /** The workloads of all kernels, in the order given. */
  public Set<Workload> workloads() {
    return workloads;
  }

  boolean contain(KernelFile kernel, Workload workload) {
    return byKernel.getOrDefault(kernel.path(), Set.of()).contains(workload);
  }

  /** How many workloads a kernel has. */
  public int count(KernelFile kernel) {
    return byKernel.getOrDefault(kernel.path(), Set.of()).size();
  }
}
