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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds the fastest kernels for the problems of an op or of a model. */
@Command(
    name = "tune",
    mixinStandardHelpOptions = true,
    description =
        "Finds the fastest variant for each problem of an op's list or of a model's training step, and remembers it for this device. MODEL may be the name of an op.")
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

  @Override
  public Integer call() {
    if (variants < 1 || budget < 1 || limit < 1) {
      throw new GanderException(
          "--variants is %d, --budget %d and --limit %d; each must be at least 1"
              .formatted(variants, budget, limit));
    }
    Catalogue catalogue = device.catalogue();
    DeviceInfo info = device.info();
    List<Workload> workloads = workloads(info);
    if (workloads.isEmpty()) {
      throw new GanderException(
          "nothing to tune: no problem of '%s' has a title with '%s'"
              .formatted(model.name(), problem));
    }
    Path tables = UserCache.folder("tuned");
    TunedTable table = TunedTable.load(info.tuningKey(), catalogue, tables);
    try (Device open = Devices.open(info.id());
        var checker = new WorkerProcess(info.id(), device.folders(), Duration.ofSeconds(limit))) {
      var effort = new Tuner.Effort(variants, Duration.ofSeconds(budget), model.seed());
      var tuner =
          new Tuner(open, catalogue, UserCache.folder("jit"), checker, effort, this::checked);
      for (int i = 0; i < workloads.size(); i++) {
        Workload workload = workloads.get(i);
        output.progress("%d of %d: %s".formatted(i + 1, workloads.size(), workload));
        tell(tuner.tune(workload, table));
        table.save();
      }
    }
    output.note("saved to %s".formatted(tables.resolve(info.tuningKey() + ".json")));
    return 0;
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
    output.progress("%s: tried %s".formatted(variant.problem().key(), variant));
  }

  private void tell(Tuner.Result result) {
    Tuner.Timed best = result.best();
    Tuner.Timed untuned = result.untuned();
    if (output.json()) {
      var line = new LinkedHashMap<String, Object>();
      line.put("op", result.workload().problem().op());
      line.put("problem", result.workload().title());
      line.put("fused", result.workload().problem().fused());
      line.put("kernel", best == null ? null : best.variant().kernel().path());
      line.put("setting", best == null ? null : best.variant().setting());
      line.put("micros", best == null ? null : best.micros());
      line.put("untunedMicros", untuned == null ? null : untuned.micros());
      line.put("tried", result.tried());
      line.put("variants", result.all());
      output.json(line);
      return;
    }
    if (best == null) {
      output.line("%s: none of %d variants is right".formatted(result.workload(), result.tried()));
      return;
    }
    String gain =
        untuned == null
            ? ""
            : String.format(
                Locale.ROOT, ", %.2f times as fast as untuned", untuned.micros() / best.micros());
    output.line(
        String.format(
            Locale.ROOT,
            "%s: %s, %.1f us%s (%d of %d variants tried)",
            result.workload(),
            best.variant(),
            best.micros(),
            gain,
            result.tried(),
            result.all()));
  }
}
