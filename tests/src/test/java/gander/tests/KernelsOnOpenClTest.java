// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.workload.Workloads;
import gander.runtime.DeviceClass;
import gander.runtime.DeviceInfo;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.KernelFile;
import gander.runtime.check.Case;
import gander.runtime.check.KernelCheck;
import gander.runtime.check.Verdict;
import gander.runtime.check.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every OpenCL kernel gives what the reference gives on problems of its op's list, among canaries
 * and poison, twice and in place: kernels for CPUs, which are what such a device runs, under their
 * default setting and some others, so that every value of every tunable comes up; kernels for GPUs,
 * which only have to be right here, on fewer problems. Compiling is nearly all of the time; the
 * property {@code gander.settings} asks for so many settings of every kernel on every problem.
 */
class KernelsOnOpenClTest {
  /** Problems of a list that are run; a longer one is gone through in equal strides. */
  private static final int MOST = 48;

  /** One in so many gets a second setting, and another one is run by kernels for GPUs. */
  private static final int FEW = 3;

  private static final int SETTINGS = Integer.getInteger("gander.settings", 0);
  private static final long SEED = 1;

  /** A kernel that takes this long hangs, however busy the machine is. */
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private DeviceInfo device;
  private Catalogue catalogue;
  private final List<Workload> problems = new ArrayList<>();
  private final List<Workload> everyFew = new ArrayList<>();
  private final List<Workload> others = new ArrayList<>();
  private final Map<String, Set<String>> seen = new TreeMap<>();
  private final List<String> failures = new ArrayList<>();

  @BeforeEach
  void chooseProblems() {
    device = OpenCl.info();
    catalogue = Catalogue.load();
    var source = new Workloads(device, SEED);
    for (String op : Workloads.ops()) {
      List<Workload> all = source.all(op);
      problems.addAll(all);
      int stride = Math.ceilDiv(all.size(), MOST);
      for (int place = 0; place * stride < all.size(); place++) {
        (place % FEW == 0 ? everyFew : others).add(all.get(place * stride));
      }
    }
  }

  @Test
  void kernelsForCpusAreRight() {
    if (SETTINGS > 0) {
      check(KernelsOnOpenClTest::isForCpus, null, SETTINGS, problems);
    } else {
      check(KernelsOnOpenClTest::isForCpus, null, 1, others);
      check(KernelsOnOpenClTest::isForCpus, null, 2, everyFew);
    }
    running(KernelsOnOpenClTest::isForCpus).forEach(this::completeValues);
    assertAllRight(KernelsOnOpenClTest::isForCpus);
  }

  @Test
  void kernelsForGpusAreRight() {
    Predicate<KernelFile> forGpus = kernel -> !isForCpus(kernel);
    check(forGpus, null, Math.max(SETTINGS, 1), SETTINGS > 0 ? problems : everyFew);
    assertAllRight(forGpus);
  }

  private static boolean isForCpus(KernelFile kernel) {
    return kernel.deviceClass() != DeviceClass.GPU;
  }

  private List<KernelFile> running(Predicate<KernelFile> wanted) {
    return catalogue.kernels().stream()
        .filter(kernel -> kernel.runsOn(device) && wanted.test(kernel))
        .toList();
  }

  private void check(
      Predicate<KernelFile> kernels,
      @Nullable Map<String, Integer> setting,
      int settings,
      List<Workload> workloads) {
    int jobs = Runtime.getRuntime().availableProcessors();
    var scope = new KernelCheck.Scope(kernels, setting, settings, SEED, LIMIT, jobs, false);
    new KernelCheck(device, catalogue, scope).run(workloads, List.of(), this::decided);
  }

  private void decided(Case one, Verdict verdict) {
    if (verdict instanceof Verdict.Right) {
      Set<String> values = seen.computeIfAbsent(one.kernel().path(), path -> new TreeSet<>());
      values.addAll(values(one.setting()));
    } else {
      String command = one.command(device, List.of(), SEED);
      failures.add("%s: %s%n  %s".formatted(one, verdict.sentence(), command));
    }
  }

  private static List<String> values(Map<String, Integer> setting) {
    return setting.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }

  /** Values of a kernel's tunables with which it has not run. */
  private List<String> unseen(KernelFile kernel) {
    return kernel.tunables().entrySet().stream()
        .flatMap(tunable -> tunable.getValue().stream().map(v -> tunable.getKey() + "=" + v))
        .filter(value -> !seen.getOrDefault(kernel.path(), Set.of()).contains(value))
        .toList();
  }

  /** Runs a kernel with each value that has not come up, on the first problem that allows it. */
  private void completeValues(KernelFile kernel) {
    for (String value : unseen(kernel)) {
      for (Workload workload : problems) {
        Map<String, Integer> setting =
            !workload.problem().op().equals(kernel.op())
                ? null
                : kernel.settings(workload.problem(), device).stream()
                    .filter(s -> values(s).contains(value))
                    .findFirst()
                    .orElse(null);
        if (setting != null) {
          check(kernel::equals, setting, 1, List.of(workload));
          break;
        }
      }
    }
  }

  private void assertAllRight(Predicate<KernelFile> wanted) {
    assertTrue(failures.isEmpty(), () -> String.join(System.lineSeparator(), failures));
    for (KernelFile kernel : running(wanted)) {
      assertTrue(seen.containsKey(kernel.path()), kernel + " computes none of the problems");
      if (isForCpus(kernel)) {
        assertEquals(
            List.of(), unseen(kernel), () -> "values that no problem allows, of " + kernel);
      }
    }
  }
}
