// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.workload.Workloads;
import gander.models.run.Nearest;
import gander.runtime.Device;
import gander.runtime.DeviceInfo;
import gander.runtime.Devices;
import gander.runtime.GanderException;
import gander.runtime.UserCache;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.KernelFile;
import gander.runtime.check.KernelCheck;
import gander.runtime.check.KernelRun;
import gander.runtime.check.Pairs;
import gander.runtime.check.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks kernels against the reference. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description =
        "Checks kernels against the reference: every kernel that can run on the device, on its op's problem list, with and without code in its hooks. Exit code 1 if one fails.")
public final class CheckCommand implements CliCommand {
  private static final int ALL = Integer.MAX_VALUE;

  @Parameters(arity = "0..*", paramLabel = "OP", description = "ops; all of them if left out")
  private List<String> ops = new ArrayList<>();

  @Mixin private DeviceOptions device = new DeviceOptions();
  @Mixin private Output output = new Output();
  @Mixin private Seed seed = new Seed();

  @Option(
      names = "--kernel",
      paramLabel = "PATH",
      description = "only this kernel, such as matmul/cpu_panels.cl; may be repeated")
  private List<String> paths = new ArrayList<>();

  @Option(
      names = "--problem",
      paramLabel = "TEXT",
      description = "only problems whose title holds this text, such as 'M=5 N=17' or hooked")
  private @Nullable String problem;

  @Option(
      names = "--setting",
      paramLabel = "'NAME=V ...'",
      description = "only this setting of one kernel's tunables")
  private @Nullable String setting;

  @Option(
      names = "--settings",
      paramLabel = "N|each|all",
      description =
          "settings of the tunables for each problem: the default, and others so that over the problems all come up evenly (2; 1 with --compile-only); each: every setting, on one problem; all: every setting on every problem")
  private @Nullable String settings;

  @Option(names = "--tiny", description = "only problems of a few thousand operations")
  private boolean tiny;

  @Option(
      names = "--limit",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "for one kernel on one problem, after which it counts as hanging (120)")
  private int limit = 120;

  @Option(names = "--stop", description = "end at the first case that is not right")
  private boolean stop;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      defaultValue = "1",
      description = "processes that run kernels at a time (1)")
  private int jobs = 1;

  @Option(
      names = "--in-process",
      description = "run kernels in this process, for debuggers: one that hangs, hangs it")
  private boolean inProcess;

  @Option(
      names = "--bare",
      description =
          "for memory checkers, with --in-process: no canaries, no poison, each buffer an allocation of its own")
  private boolean bare;

  @Option(
      names = "--compile-only",
      description =
          "compile CUDA kernels with nvcc, no GPU needed, and report registers and spills")
  private boolean compileOnly;

  @Option(
      names = "--arch",
      paramLabel = "SM,SM",
      split = ",",
      description = "architectures for --compile-only (sm_75 to sm_120, those that nvcc knows)")
  private List<String> architectures = new ArrayList<>();

  @Override
  public Integer call() {
    checkOptions();
    Catalogue catalogue = device.catalogue();
    Set<KernelFile> kernels = kernels(catalogue);
    if (compileOnly) {
      var scope =
          new CompileCheck.Scope(
              fixed(kernels.iterator().next()), settingCount(), problem, seed.value());
      return new CompileCheck(catalogue, output, architectures).run(kernels, scope);
    }
    return run(catalogue, kernels);
  }

  private void checkOptions() {
    if (limit < 1 || jobs < 1) {
      throw new GanderException(
          "--limit is %d and --jobs is %d; each must be at least 1".formatted(limit, jobs));
    }
    if (bare && !inProcess) {
      throw new GanderException("--bare is for --in-process: give both");
    }
    if (!architectures.isEmpty() && !compileOnly) {
      throw new GanderException("--arch is for --compile-only: give both");
    }
    if (compileOnly && (tiny || stop || inProcess)) {
      throw new GanderException(
          "--compile-only runs nothing: leave out --tiny, --stop and --in-process");
    }
    if (setting != null && paths.size() != 1) {
      throw new GanderException("--setting is for one kernel: name it with --kernel");
    }
  }

  /** The only setting there shall be; null for all. */
  private @Nullable Map<String, Integer> fixed(KernelFile kernel) {
    return setting == null ? null : Selection.setting(setting, kernel);
  }

  private int settingCount() {
    if (settings == null) {
      return compileOnly ? 1 : 2;
    }
    if (settings.equals("all") || (settings.equals("each") && compileOnly)) {
      return ALL; // What is only compiled has one problem anyway.
    }
    if (settings.equals("each")) {
      return KernelCheck.Scope.EACH;
    }
    try {
      int count = Integer.parseInt(settings);
      if (count >= 1) {
        return count;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new GanderException(
        "--settings is '%s'; it is a number from 1 up, each or all".formatted(settings));
  }

  /** The kernels that the command line selects. */
  private Set<KernelFile> kernels(Catalogue catalogue) {
    ops.forEach(op -> Selection.requireOp(op, Workloads.ops()));
    var selected = new LinkedHashSet<KernelFile>();
    for (String path : paths) {
      selected.add(Selection.kernel(path, catalogue));
    }
    if (paths.isEmpty()) {
      selected.addAll(catalogue.kernels());
    }
    selected.removeIf(kernel -> !ops.isEmpty() && !ops.contains(kernel.op()));
    if (selected.isEmpty()) {
      throw new GanderException(
          "no kernel is selected: %s has none of %s ('gander kernels' lists them all)"
              .formatted(ops, paths.isEmpty() ? "any kind" : paths));
    }
    return selected;
  }

  private int run(Catalogue catalogue, Set<KernelFile> kernels) {
    DeviceInfo info = device.info();
    List<KernelFile> running = kernels.stream().filter(kernel -> kernel.runsOn(info)).toList();
    if (running.isEmpty()) {
      throw new GanderException(
          "none of the selected kernels runs on %s: they are for %s (without a GPU, CUDA kernels run with --device hostcuda)"
              .formatted(
                  info.id(), kernels.stream().map(k -> k.dialect().word).distinct().toList()));
    }
    Pairs pairs = Pairs.all(running, workloads(info, running));
    var scope =
        new KernelCheck.Scope(
            fixed(running.getFirst()),
            settingCount(),
            seed.value(),
            Duration.ofSeconds(limit),
            jobs,
            stop);
    var check = new KernelCheck(info, catalogue, scope);
    var tally = new Tally(running, info, device.folders(), seed.value(), output);
    if (inProcess) {
      try (Device open = Devices.open(info)) {
        var here = new KernelRun(open, catalogue, UserCache.folder("jit"), !bare);
        check.runHere(open, here, pairs, tally);
      }
    } else {
      check.run(pairs, device.folders(), tally);
    }
    return tally.report() ? 0 : 1;
  }

  private List<Workload> workloads(DeviceInfo info, List<KernelFile> running) {
    var source = new Workloads(info, seed.value());
    var all = new ArrayList<Workload>();
    running.stream()
        .map(KernelFile::op)
        .distinct()
        .forEach(op -> all.addAll(tiny ? source.tiny(op) : source.all(op)));
    String text = problem;
    if (text == null) {
      return all;
    }
    List<Workload> matching = all.stream().filter(w -> w.title().equals(text)).toList();
    if (matching.isEmpty()) {
      matching = all.stream().filter(w -> w.title().contains(text)).toList();
    }
    if (matching.isEmpty()) {
      throw new GanderException(
          "no problem's title holds '%s'; the nearest is '%s'"
              .formatted(text, Nearest.to(text, all.stream().map(Workload::title).toList())));
    }
    return matching;
  }
}
