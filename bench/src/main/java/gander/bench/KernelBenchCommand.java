// SPDX-License-Identifier: Apache-2.0
package gander.bench;

import gander.graph.op.Fusion;
import gander.graph.program.DeviceBackend;
import gander.graph.workload.Workloads;
import gander.models.cli.CliCommand;
import gander.models.cli.DeviceOptions;
import gander.models.cli.ModelOptions;
import gander.models.cli.Output;
import gander.models.cli.Selection;
import gander.models.cli.Table;
import gander.runtime.Device;
import gander.runtime.DeviceInfo;
import gander.runtime.Devices;
import gander.runtime.GanderException;
import gander.runtime.UserCache;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.KernelFile;
import gander.runtime.catalogue.Problem;
import gander.runtime.catalogue.TunedTable;
import gander.runtime.catalogue.Variant;
import gander.runtime.check.WorkerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Times kernels against what the device can do. */
@Command(
    name = "kernels",
    mixinStandardHelpOptions = true,
    description =
        "Times the kernels that programs use, on the larger problems of an op or on those of a model's training step, against the peaks of the device measured in the same rounds. MODEL may be the name of an op. A kernel that fails its check is not timed, and makes the exit code 1.")
public final class KernelBenchCommand implements CliCommand {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @Mixin private ModelOptions model = new ModelOptions();
  @Mixin private DeviceOptions device = new DeviceOptions();
  @Mixin private Output output = new Output();

  @Option(
      names = "--problem",
      paramLabel = "TEXT",
      description = "only problems whose dimensions hold this text, such as 'M=128 N=256'")
  private @Nullable String problem;

  @Option(
      names = "--kernel",
      paramLabel = "PATH",
      description = "time this kernel, such as matmul/cpu_panels.cl, rather than those chosen")
  private @Nullable String kernel;

  @Option(
      names = "--setting",
      paramLabel = "'NAME=V ...'",
      description = "of the kernel's tunables (its default for each problem)")
  private @Nullable String setting;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "15",
      description = "measurements of each problem and of the peaks beside it (15)")
  private int rounds = 15;

  @Option(names = "--out", paramLabel = "FILE", description = "write the results as lines of JSON")
  private @Nullable Path out;

  @Override
  public Integer call() {
    if (rounds < 1) {
      throw new GanderException("--rounds is %d; it must be at least 1".formatted(rounds));
    }
    if (setting != null && kernel == null) {
      throw new GanderException("--setting is for one kernel: name it with --kernel");
    }
    var results = new ResultFile(out, output);
    DeviceInfo info = device.info();
    List<Fusion> fusions = fusions(new Workloads(info, model.seed()));
    Catalogue catalogue = device.catalogue();
    TunedTable tuned = TunedTable.load(info.tuningKey(), catalogue, UserCache.folder("tuned"));
    results.add(Provenance.of(info, model.seed()));
    boolean good = true;
    try (Device open = Devices.open(info.id());
        var checker = new WorkerProcess(info.id(), device.folders(), LIMIT);
        var bench =
            new KernelBench(
                open, catalogue, tuned, UserCache.folder("jit"), checker, rounds, model.seed())) {
      var table =
          new Table("problem", "kernel", ">us", ">GFLOP/s", ">GB/s", ">of peak", ">of roofline");
      for (int i = 0; i < fusions.size(); i++) {
        output.progress("%d of %d problems".formatted(i + 1, fusions.size()));
        Variant variant = variant(fusions.get(i), catalogue, info);
        if (kernel != null && variant == null) {
          continue;
        }
        KernelBench.Outcome outcome =
            variant == null ? bench.run(fusions.get(i)) : bench.run(fusions.get(i), variant);
        good &= outcome instanceof KernelBench.Timed;
        results.add(line(outcome));
        row(table, outcome);
      }
      results.add(peaks(bench));
      if (!output.json()) {
        table.print(output);
        output.line(
            String.format(
                Locale.ROOT,
                "peaks of %s: %.0f GFLOP/s (%.0f to %.0f), %.1f GB/s (%.1f to %.1f)",
                info.name(),
                bench.peakFlops().median() / 1e9,
                bench.peakFlops().least() / 1e9,
                bench.peakFlops().most() / 1e9,
                bench.peakBytes().median() / 1e9,
                bench.peakBytes().least() / 1e9,
                bench.peakBytes().most() / 1e9));
      }
    }
    results.save();
    return good ? 0 : 1;
  }

  /** The variant that the command line asks for; null for none, or if it cannot compute this. */
  private @Nullable Variant variant(Fusion fusion, Catalogue catalogue, DeviceInfo info) {
    if (kernel == null) {
      return null;
    }
    KernelFile file = Selection.kernel(kernel, catalogue);
    Map<String, Integer> wanted = setting == null ? null : Selection.setting(setting, file);
    Problem posed = new Workloads(info, model.seed()).of(fusion).problem();
    return file.op().equals(posed.op()) && file.runsOn(info)
        ? Catalogue.variants(file, posed, info).stream()
            .filter(variant -> wanted == null || variant.setting().equals(wanted))
            .findFirst()
            .orElse(null)
        : null;
  }

  private List<Fusion> fusions(Workloads workloads) {
    List<Fusion> all =
        Workloads.ops().contains(model.name()) ? BenchProblems.of(model.name()) : ofStep();
    Map<String, Fusion> distinct = new LinkedHashMap<>();
    for (Fusion fusion : all) {
      String title = workloads.of(fusion).problem().toString();
      if (problem == null || title.contains(problem)) {
        distinct.putIfAbsent(title, fusion);
      }
    }
    if (distinct.isEmpty()) {
      throw new GanderException(
          "nothing to time: '%s' has no problem with '%s' that is large enough"
              .formatted(model.name(), problem == null ? "" : problem));
    }
    return List.copyOf(distinct.values());
  }

  private List<Fusion> ofStep() {
    try (DeviceBackend backend = device.openDevice()) {
      return backend.analyse(model.step(backend.device())).fusions();
    }
  }

  private static Map<String, Object> line(KernelBench.Outcome outcome) {
    var line = new LinkedHashMap<String, Object>();
    line.put("what", "kernel");
    line.put("op", outcome.workload().problem().op());
    line.put("problem", outcome.workload().problem().dims());
    line.put("fused", outcome.workload().problem().fused());
    line.put("kernel", outcome.variant().kernel().path());
    line.put("setting", outcome.variant().setting());
    switch (outcome) {
      case KernelBench.Failed failed -> line.put("failed", failed.verdict().sentence());
      case KernelBench.Timed timed -> {
        line.put("flops", timed.cost().flops());
        line.put("bytes", timed.cost().bytes());
        line.put("micros", timed.micros());
        line.put("ofPeakFlops", timed.ofArithmetic());
        line.put("ofRoofline", timed.ofRoofline());
      }
    }
    return line;
  }

  private static Map<String, Object> peaks(KernelBench bench) {
    var line = new LinkedHashMap<String, Object>();
    line.put("what", "peaks");
    line.put("flopsPerSecond", bench.peakFlops());
    line.put("bytesPerSecond", bench.peakBytes());
    return line;
  }

  private static void row(Table table, KernelBench.Outcome outcome) {
    switch (outcome) {
      case KernelBench.Failed failed ->
          table.row(
              failed.workload().problem(),
              failed.variant(),
              "-",
              "-",
              "-",
              "-",
              failed.verdict().sentence());
      case KernelBench.Timed timed ->
          table.row(
              timed.workload().problem(),
              timed.variant(),
              format("%.1f", timed.micros().median()),
              format("%.1f", timed.flops() / 1e9),
              format("%.1f", timed.bytes() / 1e9),
              format("%.0f%%", 100 * timed.ofArithmetic().median()),
              format("%.0f%%", 100 * timed.ofRoofline().median()));
    }
  }

  private static String format(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
