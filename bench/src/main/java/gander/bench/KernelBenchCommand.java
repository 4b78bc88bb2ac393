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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Times kernels against what the device can do. */
@Command(
    name = "kernels",
    mixinStandardHelpOptions = true,
    description =
        "Times the kernels that programs use, on the larger problems of an op or on those of a model's training step, against the peaks of the device measured in the same rounds. MODEL may be the name of an op, and more ops may follow. A kernel that fails its check is not timed, and makes the exit code 1.")
public final class KernelBenchCommand implements CliCommand {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @Mixin private ModelOptions model = new ModelOptions();
  @Mixin private DeviceOptions device = new DeviceOptions();
  @Mixin private PeerOptions peer = new PeerOptions();
  @Mixin private Output output = new Output();

  @Parameters(index = "1..*", paramLabel = "OP", description = "more ops, for one call")
  private List<String> more = new ArrayList<>();

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

  @Option(
      names = "--picture",
      paramLabel = "FILE.png",
      description = "draw each problem's rate under the roof that the measured peaks make")
  private @Nullable Path picture;

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
    peer.check(PeerOptions.PYTORCH, PeerOptions.NVIDIA);
    more.forEach(op -> Selection.requireOp(op, Workloads.ops()));
    var results = new ResultFile(out, output);
    DeviceInfo info = device.info();
    if (peer.wanted(PeerOptions.NVIDIA) && !PeerOptions.onGpu(info)) {
      throw new GanderException(
          "--peer nvidia is for CUDA devices, which %s is not: choose one with --device cuda:0, or --peer pytorch"
              .formatted(info.id()));
    }
    List<Fusion> fusions = fusions(new Workloads(info, model.seed()));
    Catalogue catalogue = device.catalogue();
    TunedTable tuned = TunedTable.load(info.tuningKey(), catalogue, UserCache.folder("tuned"));
    results.add(Provenance.of(info, model.seed()));
    try (KernelPeer rival = peer.wanted() ? KernelPeer.start(peer, info) : null;
        Device open = Devices.open(info);
        var checker = new WorkerProcess(info, device.folders(), LIMIT);
        var bench =
            new KernelBench(
                open,
                catalogue,
                tuned,
                UserCache.folder("jit"),
                checker,
                rounds,
                model.seed(),
                rival)) {
      var report = new KernelBenchReport(results, output, rival == null ? null : rival.title());
      if (rival != null) {
        report.peer(rival.description());
      }
      for (int i = 0; i < fusions.size(); i++) {
        output.progress("%d of %d problems".formatted(i + 1, fusions.size()));
        Variant variant = variant(fusions.get(i), catalogue, info);
        if (kernel == null || variant != null) {
          report.add(
              variant == null ? bench.run(fusions.get(i)) : bench.run(fusions.get(i), variant));
        }
      }
      report.end(info.name(), bench.peakFlops(), bench.peakBytes(), picture);
      results.save();
      return report.good() ? 0 : 1;
    }
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
    boolean op = Workloads.ops().contains(model.name());
    var all = new ArrayList<Fusion>(op ? BenchProblems.of(model.name()) : ofStep());
    more.forEach(name -> all.addAll(BenchProblems.of(name)));
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
}
