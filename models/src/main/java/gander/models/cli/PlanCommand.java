// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.Graph;
import gander.graph.plan.Plan;
import gander.graph.plan.PlanCsv;
import gander.graph.plan.PlanReport;
import gander.graph.program.DeviceBackend;
import gander.models.io.AtomicFile;
import gander.models.io.Fonts;
import gander.models.io.MemoryMap;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import gander.runtime.GanderException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the memory plan of a model's training step. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description =
        "Plans the memory of a model's training step, prints the peak beside its lower bound, and draws the map: offset against time. With --solve, plans any problem.")
public final class PlanCommand implements CliCommand {
  @Mixin private ModelOptions model = new ModelOptions();
  @Mixin private DeviceOptions device = new DeviceOptions();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "plan.png",
      description = "the map (plan.png)")
  private Path out = Path.of("");

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
      defaultValue = "60",
      description = "with --solve: how long to search (60)")
  private int seconds;

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
      new PlanFile(problem, capacity, Duration.ofSeconds(seconds)).solve(csv);
      return 0;
    }
    if (capacity != null) {
      throw new GanderException("--capacity is for --solve");
    }
    try (DeviceBackend backend = device.openDevice()) {
      RunConfig config = model.config("none", backend.device());
      Model planned = Zoo.create(config);
      Graph graph = planned.step(new StepBuilder(config.seed()));
      DeviceBackend.Analysis analysis = backend.analyse(graph);
      if (explain) {
        System.out.println(analysis.explanation());
      }
      Plan plan = analysis.plan();
      long lasting = graph.variables().stream().mapToLong(v -> v.shape().bytes()).sum();
      System.out.printf(
          "%s, batch %d, on %s: %d kernels%n",
          config.model(), planned.batch(), backend.device(), analysis.kernels());
      System.out.println("variables: " + PlanReport.bytes(lasting));
      System.out.println("arena: " + PlanReport.summary(plan));
      System.out.println(PlanReport.fullest(plan, 8));
      if (csv != null) {
        AtomicFile.writeBytes(csv, PlanCsv.write(plan).getBytes(StandardCharsets.UTF_8));
        System.out.println(csv);
      }
      if (Fonts.there()) {
        AtomicFile.writeBytes(
            out, MemoryMap.png(config.model() + ", batch " + planned.batch(), plan));
        System.out.println(out);
      } else {
        System.err.println("the plan is not drawn: " + Fonts.ADVICE);
      }
    }
    return 0;
  }
}
