// SPDX-License-Identifier: Apache-2.0
package gander.bench.selftest;

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
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Every kernel for this class of device against the reference, by op: its default setting on some
 * problems of the op's list. {@code gander check} does more of the same.
 */
final class KernelSection {
  static final String NAME = "kernels";

  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** Compiling is nearly all of the time; beyond this the device is what is waited for. */
  private static final int MOST_JOBS = 4;

  /** Failures of one op that are told. */
  private static final int TOLD = 3;

  private final Subject subject;
  private final DeviceInfo device;
  private final Catalogue catalogue;
  private final int problems;

  private KernelSection(Subject subject, DeviceInfo device, int problems) {
    this.subject = subject;
    this.device = device;
    this.catalogue = subject.options().catalogue();
    this.problems = problems;
  }

  /**
   * The parts; none for the reference.
   *
   * @param problems of each kernel, at most
   */
  static List<Part> parts(Subject subject, int problems) {
    DeviceInfo device = subject.info();
    return device == null ? List.of() : new KernelSection(subject, device, problems).parts();
  }

  private List<Part> parts() {
    var parts = new ArrayList<Part>();
    for (String op : Workloads.ops()) {
      List<KernelFile> kernels = catalogue.kernels(op).stream().filter(this::isWritten).toList();
      if (!kernels.isEmpty()) {
        parts.add(Part.of(NAME, op, progress -> check(op, kernels, progress)));
      }
    }
    return parts;
  }

  /** For this class of device, and with no other math than was asked for. */
  private boolean isWritten(KernelFile kernel) {
    return kernel.writtenFor(device)
        && (kernel.math() == MathMode.FP32 || kernel.math() == device.math());
  }

  /** What came of one op's kernels. */
  private static final class Count {
    private final List<String> failures = new ArrayList<>();
    private int runs;
    private double share;
  }

  private String check(String op, List<KernelFile> kernels, Consumer<String> progress) {
    List<Workload> all = new Workloads(device, subject.seed()).all(op);
    var count = new Count();
    Pairs pairs = Pairs.some(kernels, all, device, problems, subject.seed());
    int jobs = Math.min(Runtime.getRuntime().availableProcessors(), MOST_JOBS);
    var scope =
        new KernelCheck.Scope(
            null, 1, subject.seed(), LIMIT, Math.clamp(pairs.workloads().size(), 1, jobs), false);
    new KernelCheck(device, catalogue, scope)
        .run(
            pairs,
            subject.options().folders(),
            (one, verdict) -> {
              decided(count, one, verdict);
              progress.accept("%s, %d checked".formatted(one.kernel().path(), count.runs));
            });
    long idle = kernels.stream().filter(kernel -> pairs.count(kernel) == 0).count();
    if (!count.failures.isEmpty()) {
      throw new Part.Failure(failure(count));
    }
    return String.format(
        Locale.ROOT,
        "%d kernel%s, %d runs, errors up to %.2f of what is allowed%s",
        kernels.size(),
        kernels.size() == 1 ? "" : "s",
        count.runs,
        count.share,
        idle == 0 ? "" : "; %d of them compute none of the op's problems".formatted(idle));
  }

  private void decided(Count count, Case one, Verdict verdict) {
    count.runs++;
    if (verdict instanceof Verdict.Right right) {
      count.share = Math.max(count.share, right.share());
    } else {
      String command = one.command(device, subject.options().folders(), subject.seed());
      count.failures.add("%s: %s%n  %s".formatted(one, verdict.sentence(), command));
    }
  }

  private static String failure(Count count) {
    int told = Math.min(TOLD, count.failures.size());
    String lines = String.join(System.lineSeparator(), count.failures.subList(0, told));
    return "%d of %d runs are wrong%n%s".formatted(count.failures.size(), count.runs, lines);
  }
}
