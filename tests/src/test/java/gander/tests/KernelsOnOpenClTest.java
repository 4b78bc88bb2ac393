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
import gander.runtime.check.Pairs;
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
  /** Problems of a kernel for CPUs under its default setting. */
  private static final int MOST = 14;

  /** Problems of a kernel for CPUs under two settings, and of one for GPUs under one. */
  private static final int FEW = 6;

  private static final int SETTINGS = Integer.getInteger("gander.settings", 0);
  private static final long SEED = 1;

  /** A kernel that takes this long hangs, however busy the machine is. */
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private DeviceInfo device;
  private Catalogue catalogue;
  private List<Workload> problems;
  private final Map<String, Set<String>> seen = new TreeMap<>();
  private final List<String> failures = new ArrayList<>();

  @BeforeEach
  void chooseProblems() {
    device = OpenCl.info();
    catalogue = Catalogue.load();
    var source = new Workloads(device, SEED);
    problems = Workloads.ops().stream().flatMap(op -> source.all(op).stream()).toList();
  }

  @Test
  void kernelsForCpusAreRight() {
    List<KernelFile> kernels = running(KernelsOnOpenClTest::isForCpus);
    if (SETTINGS > 0) {
      check(Pairs.all(kernels, problems), null, SETTINGS);
    } else {
      check(some(kernels, MOST, SEED), null, 1);
      check(some(kernels, FEW, SEED + 1), null, 2);
    }
    kernels.forEach(this::completeValues);
    assertAllRight(kernels);
    for (KernelFile kernel : kernels) {
      assertEquals(List.of(), unseen(kernel), () -> "values that no problem allows, of " + kernel);
    }
  }

  @Test
  void kernelsForGpusAreRight() {
    List<KernelFile> kernels = running(kernel -> !isForCpus(kernel));
    check(
        SETTINGS > 0 ? Pairs.all(kernels, problems) : some(kernels, FEW, SEED),
        null,
        Math.max(SETTINGS, 1));
    assertAllRight(kernels);
  }

  private static boolean isForCpus(KernelFile kernel) {
    return kernel.deviceClass() != DeviceClass.GPU;
  }

  private List<KernelFile> running(Predicate<KernelFile> wanted) {
    return catalogue.kernels().stream()
        .filter(kernel -> kernel.runsOn(device) && wanted.test(kernel))
        .toList();
  }

  private Pairs some(List<KernelFile> kernels, int most, long seed) {
    return Pairs.some(kernels, problems, device, most, seed);
  }

  private void check(Pairs pairs, @Nullable Map<String, Integer> setting, int settings) {
    int jobs = Runtime.getRuntime().availableProcessors();
    var scope = new KernelCheck.Scope(setting, settings, SEED, LIMIT, jobs, false);
    new KernelCheck(device, catalogue, scope).run(pairs, List.of(), this::decided);
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
          check(Pairs.all(List.of(kernel), List.of(workload)), setting, 1);
          break;
        }
      }
    }
  }

  private void assertAllRight(List<KernelFile> kernels) {
    assertTrue(failures.isEmpty(), () -> String.join(System.lineSeparator(), failures));
    for (KernelFile kernel : kernels) {
      assertTrue(seen.containsKey(kernel.path()), kernel + " computes none of the problems");
    }
  }
}
