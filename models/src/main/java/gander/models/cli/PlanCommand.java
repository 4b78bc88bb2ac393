// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.Graph;
import gander.graph.plan.PlanReport;
import gander.graph.program.DeviceBackend;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import gander.models.zoo.Lasting;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import gander.runtime.GanderException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the memory plan of a model's training step. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description =
        "Plans the memory of a model's training step, prints the peak beside its lower bound, and draws the map: offset against time, as a picture or as a page to look into. With --solve, plans any problem.")
public final class PlanCommand implements CliCommand {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ModelOptions model = new ModelOptions();
  @Mixin private ArenaOptions device = new ArenaOptions();

  @Mixin private Output output = new Output();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "the map: a page to look into if it ends in .html, else a PNG (plan.png; none with --solve)")
  private @Nullable Path out;

  @Option(
      names = "--solve",
      paramLabel = "FILE",
      description =
          "solve the problem of a file instead of a model's: a CSV with the columns id,lower,upper,size")
  private @Nullable Path problem;

  @Option(
      names = "--capacity",
      paramLabel = "BYTES",
      description = "with --solve: any plan that is not larger, in place of the smallest")
  private @Nullable Long capacity;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "with --solve: how long to search (60)")
  private @Nullable Integer seconds;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "write the problem, with the offsets that were found, as a CSV")
  private @Nullable Path csv;

  @Option(
      names = "--explain",
      description = "print what each pass of the compiler made of the step")
  private boolean explain;

  @Override
  public Integer call() {
    if (problem != null) {
      if (explain) {
        throw new GanderException("--explain is for a model, not for --solve");
      }
      if (spec.commandLine().getParseResult().hasMatchedPositional(0)) {
        throw new GanderException("the problem of a file has no model: leave it out, or --solve");
      }
      new PlanFile(problem, capacity, seconds).solve(new PlanOutputs(out, csv), output);
      return 0;
    }
    if (capacity != null || seconds != null) {
      throw new GanderException(
          "%s is for --solve".formatted(capacity != null ? "--capacity" : "--seconds"));
    }
    var files = new PlanOutputs(out == null ? Path.of("plan.png") : out, csv);
    try (DeviceBackend backend = device.openDevice()) {
      RunConfig config = model.config("none", backend.device());
      Model planned = Zoo.create(config);
      Graph graph = planned.step(new StepBuilder(config.seed()));
      files.check();
      DeviceBackend.Analysis analysis = backend.analyse(graph);
      Lasting lasting = Lasting.of(planned, graph);
      String title = config.model() + ", batch " + planned.batch();
      if (!output.json()) {
        print(title + ", on " + backend.device(), analysis, lasting);
      }
      List<Path> written = files.write(title, analysis.plan(), analysis.launches(), output);
      if (output.json()) {
        var line = new LinkedHashMap<String, Object>();
        line.put("what", "plan");
        line.put("model", config.model());
        line.put("batch", planned.batch());
        line.put("device", backend.device());
        line.putAll(PlanFigures.of(analysis, lasting));
        if (explain) {
          line.put("explanation", analysis.explanation());
        }
        line.put("files", PlanFigures.names(written));
        output.json(line);
      } else {
        written.forEach(file -> output.line(file.toString()));
      }
    }
    return 0;
  }

  private void print(String title, DeviceBackend.Analysis analysis, Lasting lasting) {
    if (explain) {
      output.line(analysis.explanation());
    }
    output.line(
        "%s: %d kernels%s".formatted(title, analysis.kernels(), PlanFigures.again(analysis)));
    output.line(PlanFigures.text(lasting));
    output.line("arena: " + PlanReport.summary(analysis.plan()));
    output.line(PlanFigures.found(analysis.plan(), analysis.planNanos()));
    output.line(PlanReport.fullest(analysis.plan(), 8));
  }
}
