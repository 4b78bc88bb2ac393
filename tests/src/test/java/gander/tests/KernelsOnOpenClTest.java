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
  /** Problems of a kernel for CPUs, each under its default setting and another one. */
  private static final int MOST = 6;

  /** Problems of a kernel for GPUs under its default setting. */
  private static final int FEW = 3;

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
      check(Pairs.all(kernels, problems), SETTINGS);
    } else {
      check(some(kernels, MOST), 2);
    }
    List<Case> missing = kernels.stream().flatMap(kernel -> missing(kernel).stream()).toList();
    check(1).run(missing, List.of(), this::decided);
    assertAllRight(kernels);
    for (KernelFile kernel : kernels) {
      assertEquals(List.of(), unseen(kernel), () -> "values that no problem allows, of " + kernel);
    }
  }

  @Test
  void kernelsForGpusAreRight() {
    List<KernelFile> kernels = running(kernel -> !isForCpus(kernel));
    check(SETTINGS > 0 ? Pairs.all(kernels, problems) : some(kernels, FEW), Math.max(SETTINGS, 1));
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

  private Pairs some(List<KernelFile> kernels, int most) {
    return Pairs.some(kernels, problems, device, most, SEED);
  }

  private void check(Pairs pairs, int settings) {
    check(settings).run(pairs, List.of(), this::decided);
  }

  private KernelCheck check(int settings) {
    int jobs = Runtime.getRuntime().availableProcessors();
    var scope = new KernelCheck.Scope(null, settings, SEED, LIMIT, jobs, false);
    return new KernelCheck(device, catalogue, scope);
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

  /** A case for each value that has not come up, on the first problem that allows it. */
  private List<Case> missing(KernelFile kernel) {
    var cases = new ArrayList<Case>();
    for (String value : unseen(kernel)) {
      if (cases.stream().noneMatch(one -> values(one.setting()).contains(value))) {
        problems.stream()
            .filter(workload -> workload.problem().op().equals(kernel.op()))
            .flatMap(workload ->
                kernel.settings(workload.problem(), device).stream()
                    .filter(setting -> values(setting).contains(value))
                    .map(setting -> new Case(kernel, setting, workload)))
            .findFirst()
            .ifPresent(cases::add);
      }
    }
    return cases;
  }

  private void assertAllRight(List<KernelFile> kernels) {
    assertTrue(failures.isEmpty(), () -> String.join(System.lineSeparator(), failures));
    for (KernelFile kernel : kernels) {
      assertTrue(seen.containsKey(kernel.path()), kernel + " computes none of the problems");
    }
  }
}
