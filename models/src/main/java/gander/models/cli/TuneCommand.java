// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.op.Fusion;
import gander.graph.program.DeviceBackend;
import gander.graph.workload.Workloads;
import gander.runtime.Device;
import gander.runtime.DeviceInfo;
import gander.runtime.Devices;
import gander.runtime.GanderException;
import gander.runtime.UserCache;
import gander.runtime.catalogue.Catalogue;
import gander.runtime.catalogue.TunedTable;
import gander.runtime.catalogue.Variant;
import gander.runtime.check.Verdict;
import gander.runtime.check.WorkerProcess;
import gander.runtime.check.Workload;
import gander.runtime.tune.Tuner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds the fastest kernels for the problems of an op or of a model. */
@Command(
    name = "tune",
    mixinStandardHelpOptions = true,
    description =
        "Finds the fastest variant for each problem of an op's list or of a model's training step, and remembers it for this device; says how far the choice without tuning is from it. MODEL may be the name of an op.")
public final class TuneCommand implements CliCommand {
  @Mixin private ModelOptions model = new ModelOptions();
  @Mixin private DeviceOptions device = new DeviceOptions();
  @Mixin private Output output = new Output();

  @Option(
      names = "--problem",
      paramLabel = "TEXT",
      description = "only problems whose title holds this text, such as 'M=128 N=256'")
  private @Nullable String problem;

  @Option(
      names = "--variants",
      paramLabel = "N",
      defaultValue = "200",
      description = "tried at most for a problem (200)")
  private int variants = 200;

  @Option(
      names = "--patience",
      paramLabel = "N",
      defaultValue = "30",
      description = "variants in a row that may bring nothing better (30)")
  private int patience = 30;

  @Option(
      names = "--minutes",
      paramLabel = "M",
      description =
          "for all problems together: each gets an equal share of what is left, at most its budget")
  private @Nullable Double minutes;

  @Option(
      names = "--save-to",
      paramLabel = "DIR",
      description =
          "keep the winners in this folder's table for the device, not in the user's; kernels/tuned is what is shipped")
  private @Nullable Path saveTo;

  @Option(
      names = "--budget",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "of search for a problem (60)")
  private int budget = 60;

  @Option(
      names = "--limit",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "for one variant, after which it counts as hanging (60)")
  private int limit = 60;

  /** Where the search is, for the line of progress. */
  private String where = "";

  @Override
  public Integer call() {
    if (variants < 1 || patience < 1 || budget < 1 || limit < 1) {
      throw new GanderException(
          "--variants is %d, --patience %d, --budget %d and --limit %d; each must be at least 1"
              .formatted(variants, patience, budget, limit));
    }
    if (minutes != null && !(minutes > 0)) {
      throw new GanderException("--minutes is %s; it must be more than 0".formatted(minutes));
    }
    Catalogue catalogue = device.catalogue();
    DeviceInfo info = device.info();
    List<Workload> workloads = workloads(info);
    if (workloads.isEmpty()) {
      throw new GanderException(
          "nothing to tune: no problem of '%s' has a title with '%s'"
              .formatted(model.name(), problem));
    }
    Path tables = saveTo == null ? UserCache.folder("tuned") : saveTo;
    TunedTable table = TunedTable.load(info.tuningKey(), catalogue, tables);
    try (Device open = Devices.open(info);
        var checker = new WorkerProcess(info, device.folders(), Duration.ofSeconds(limit))) {
      var tuner = new Tuner(open, catalogue, UserCache.folder("jit"), checker, this::checked);
      var schedule = new TuneSchedule(workloads.size(), Duration.ofSeconds(budget), time());
      var report = new TuneReport(output);
      for (int i = 0; i < workloads.size(); i++) {
        Workload workload = workloads.get(i);
        Duration share = schedule.next(System.nanoTime());
        where =
            "%d of %d, %s left"
                .formatted(i + 1, workloads.size(), schedule.left(System.nanoTime()));
        output.progress("%s: %s".formatted(where, workload));
        var effort = new Tuner.Effort(variants, patience, share, model.seed());
        report.add(tuner.tune(workload, effort, table));
        table.save();
      }
      report.end();
    }
    output.note("saved to %s".formatted(tables.resolve(info.tuningKey() + ".json")));
    return 0;
  }

  private @Nullable Duration time() {
    return minutes == null ? null : Duration.ofMillis((long) (minutes * 60_000));
  }

  private List<Workload> workloads(DeviceInfo info) {
    var source = new Workloads(info, model.seed());
    List<Workload> all =
        Workloads.ops().contains(model.name())
            ? source.problems(model.name())
            : source.problems(fusions());
    return all.stream().filter(w -> problem == null || w.title().contains(problem)).toList();
  }

  /** What the kernels of a model's training step compute. */
  private List<Fusion> fusions() {
    try (DeviceBackend backend = device.openDevice()) {
      return backend.analyse(model.step(backend.device())).fusions();
    }
  }

  private void checked(Variant variant, Verdict verdict) {
    if (!(verdict instanceof Verdict.Right)) {
      output.note(
          "%s on %s is out: %s".formatted(variant, variant.problem().key(), verdict.sentence()));
    }
    output.progress("%s: %s: tried %s".formatted(where, variant.problem().key(), variant));
  }
}
