// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.runtime.DeviceInfo;
import gander.runtime.catalogue.KernelFile;
import gander.runtime.check.Case;
import gander.runtime.check.KernelCheck;
import gander.runtime.check.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Counts the verdicts of a check by kernel and reports them. */
final class Tally implements KernelCheck.Listener {
  /** Failures of one kernel that are told one by one. */
  private static final int TOLD = 3;

  private static final class Count {
    private final Set<Map<String, Integer>> settings = new HashSet<>();
    private final Set<String> problems = new HashSet<>();
    private final List<Failure> failures = new ArrayList<>();
    private double share;
    private int cases;
  }

  private record Failure(Case one, Verdict verdict) {}

  private final Map<String, Count> counts = new LinkedHashMap<>();
  private final DeviceInfo device;
  private final List<Path> folders;
  private final long seed;
  private final Output output;
  private int decided;
  private int failed;

  Tally(List<KernelFile> kernels, DeviceInfo device, List<Path> folders, long seed, Output output) {
    kernels.forEach(kernel -> counts.put(kernel.path(), new Count()));
    this.device = device;
    this.folders = folders;
    this.seed = seed;
    this.output = output;
  }

  @Override
  public void decided(Case one, Verdict verdict) {
    Count count = counts.computeIfAbsent(one.kernel().path(), path -> new Count());
    count.cases++;
    count.settings.add(one.setting());
    count.problems.add(one.workload().title());
    decided++;
    if (verdict instanceof Verdict.Right right) {
      count.share = Math.max(count.share, right.share());
    } else {
      failed++;
      count.failures.add(new Failure(one, verdict));
      output.note("%s: %s".formatted(one, verdict.sentence()));
    }
    output.progress(
        "%d checked, %d failed, now %s".formatted(decided, failed, one.kernel().path()));
  }

  /** Prints a line a kernel, then what failed; true if nothing did. */
  boolean report() {
    if (output.json()) {
      counts.forEach(this::json);
    } else {
      table();
    }
    return failed == 0;
  }

  private void table() {
    var table =
        new Table("kernel", ">settings", ">problems", ">runs", ">error/tolerance", "result");
    counts.forEach((path, count) ->
        table.row(
            path,
            count.settings.size(),
            count.problems.size(),
            count.cases,
            count.cases == count.failures.size()
                ? "-"
                : String.format(Locale.ROOT, "%.3f", count.share),
            result(count)));
    table.print(output);
    counts.forEach((path, count) -> {
      for (Failure failure : count.failures.subList(0, told(count))) {
        output.line("");
        output.line("%s: %s".formatted(failure.one, failure.verdict.sentence()));
        output.line("  " + failure.one.command(device, folders, seed));
      }
      if (count.failures.size() > TOLD) {
        output.line("");
        output.line("%s: and %d more".formatted(path, count.failures.size() - TOLD));
      }
    });
  }

  private static int told(Count count) {
    return Math.min(TOLD, count.failures.size());
  }

  private static String result(Count count) {
    if (count.cases == 0) {
      return "computes none of these problems";
    }
    return count.failures.isEmpty() ? "right" : count.failures.size() + " WRONG";
  }

  private void json(String path, Count count) {
    var line = new LinkedHashMap<String, Object>();
    line.put("kernel", path);
    line.put("device", device.id());
    line.put("math", device.math().word());
    line.put("seed", seed);
    line.put("settings", count.settings.size());
    line.put("problems", count.problems.size());
    line.put("runs", count.cases);
    line.put("errorShare", count.share);
    line.put("failed", count.failures.size());
    line.put(
        "failures",
        count.failures.subList(0, told(count)).stream()
            .map(failure ->
                Map.of(
                    "problem",
                    failure.one.workload().title(),
                    "setting",
                    failure.one.settingText(),
                    "verdict",
                    failure.verdict.getClass().getSimpleName(),
                    "sentence",
                    failure.verdict.sentence(),
                    "command",
                    failure.one.command(device, folders, seed)))
            .toList());
    output.json(line);
  }
}
