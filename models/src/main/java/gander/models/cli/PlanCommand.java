// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.Graph;
import gander.graph.plan.Plan;
import gander.graph.plan.PlanReport;
import gander.graph.program.DeviceBackend;
import gander.models.io.AtomicFile;
import gander.models.io.Fonts;
import gander.models.io.MemoryMap;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the memory plan of a model's training step. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description =
        "Plans the memory of a model's training step, prints the peak beside its lower bound, and draws the map: offset against time.")
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
      names = "--explain",
      description = "print what each pass of the compiler made of the step")
  private boolean explain;

  @Override
  public Integer call() {
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
