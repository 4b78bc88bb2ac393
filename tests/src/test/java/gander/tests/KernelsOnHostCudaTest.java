// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gander.graph.workload.Workloads;
import gander.runtime.DeviceInfo;
import gander.runtime.MathMode;
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
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every CUDA kernel, run on the processor, gives what the reference gives, touches nothing but its
 * buffers, races nowhere and meets at its barriers: on some problems of its op's list, each under
 * its default setting and another one. The property {@code gander.settings} asks for so many
 * settings of every kernel on every problem.
 */
class KernelsOnHostCudaTest {
  /** Problems of a kernel. */
  private static final int MOST = 6;

  private static final int SETTINGS = Integer.getInteger("gander.settings", 0);
  private static final long SEED = 1;

  /** A kernel that takes this long hangs, however busy the machine is. */
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private static final String ORDER = "gander.hostcuda.seed";

  private final Set<String> seen = new TreeSet<>();
  private final List<String> failures = new ArrayList<>();

  @AfterEach
  void threadsRunInOrderAgain() {
    System.clearProperty(ORDER);
  }

  @ParameterizedTest
  @EnumSource(MathMode.class)
  void kernelsAreRight(MathMode math) {
    DeviceInfo device = HostCuda.info().with(math);
    Catalogue catalogue = Catalogue.load();
    if (math != MathMode.FP32) {
      System.setProperty(ORDER, "1"); // and it must not matter
    }
    List<KernelFile> kernels =
        catalogue.kernels().stream()
            .filter(kernel -> kernel.runsOn(device) && kernel.math() == math)
            .toList();
    var scope =
        new KernelCheck.Scope(
            null,
            Math.max(SETTINGS, 2),
            SEED,
            LIMIT,
            Runtime.getRuntime().availableProcessors(),
            false);
    new KernelCheck(device, catalogue, scope)
        .run(pairs(device, kernels), List.of(), (one, verdict) -> decided(device, one, verdict));
    assertTrue(failures.isEmpty(), () -> String.join(System.lineSeparator(), failures));
    var paths = new TreeSet<String>();
    kernels.forEach(kernel -> paths.add(kernel.path()));
    assertEquals(paths, seen, "kernels that run, and those that compute one of the problems");
  }

  private static Pairs pairs(DeviceInfo device, List<KernelFile> kernels) {
    var source = new Workloads(device, SEED);
    List<Workload> problems =
        kernels.stream()
            .map(KernelFile::op)
            .distinct()
            .flatMap(op -> source.all(op).stream())
            .toList();
    return SETTINGS > 0
        ? Pairs.all(kernels, problems)
        : Pairs.some(kernels, problems, device, MOST, SEED);
  }

  private void decided(DeviceInfo device, Case one, Verdict verdict) {
    if (verdict instanceof Verdict.Right) {
      seen.add(one.kernel().path());
    } else {
      String command = one.command(device, List.of(), SEED);
      failures.add("%s: %s%n  %s".formatted(one, verdict.sentence(), command));
    }
  }
}
