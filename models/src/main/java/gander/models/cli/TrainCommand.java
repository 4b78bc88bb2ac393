// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.Backend;
import gander.models.data.DataSet;
import gander.models.run.RunConfig;
import gander.models.train.RunData;
import gander.models.train.Trainer;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import gander.runtime.GanderException;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a model and keeps everything in a run directory. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description =
        "Trains a model; metrics, samples, checkpoints and a loss plot go to a run directory.")
public final class TrainCommand implements CliCommand {
  private static final Set<String> WITH_RESUME =
      Set.of("--resume", "--device", "--kernels", "--math", "--guard-arena");

  @Mixin private ModelOptions model = new ModelOptions();
  @Mixin private ProgramOptions device = new ProgramOptions();
  @Mixin private NewRun place = new NewRun();

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "training steps in all (default 12000, on the reference 6000)")
  private @Nullable Long steps;

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description =
          "goes on with a run, as 'gander resume' does; every other setting is the run's own")
  private @Nullable Path resume;

  @Option(names = "--log-every", paramLabel = "N", description = "steps between metrics")
  private @Nullable Integer logEvery;

  @Option(names = "--sample-every", paramLabel = "N", description = "steps between sample sheets")
  private @Nullable Integer sampleEvery;

  @Option(names = "--checkpoint-every", paramLabel = "N", description = "steps between checkpoints")
  private @Nullable Integer checkpointEvery;

  @Option(
      names = "--explain",
      description = "print what each pass of the compiler made of the step")
  private boolean explain;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (resume != null) {
      requireNothingElse();
      ResumeCommand.goOn(resume, device);
      return 0;
    }
    RunConfig config = model.config(place.data(model), device.id(model.fromFile("device")));
    config = device.withMath(config);
    config = ModelOptions.with(config, "steps", steps);
    config = ModelOptions.with(config, "logEvery", logEvery);
    config = ModelOptions.with(config, "sampleEvery", sampleEvery);
    config = ModelOptions.with(config, "checkpointEvery", checkpointEvery);
    place.requireFree();
    Zoo.create(config); // what it refuses, before the data is read
    DataSet images = RunData.open(config, new Output()::read);
    RunConfig complete = RunData.complete(config, images);
    Model trained = Zoo.create(complete);
    try (Backend backend = device.openFor(complete);
        var trainer =
            new Trainer(complete, trained, backend, images, () -> place.create(complete))) {
      System.err.printf(
          "training %s for %d steps of %d out of %d %s of %s with %s%n",
          complete.model(),
          complete.steps(),
          complete.batch(),
          images.count(),
          Zoo.isPoints(complete) ? "points" : "images",
          images.name(),
          backend.describe());
      if (explain) {
        System.out.println(trainer.explain());
      }
      trainer.train();
      System.out.println(trainer.run().root());
    }
    return 0;
  }

  private void requireNothingElse() {
    var parsed = spec.commandLine().getParseResult();
    for (ArgSpec given : parsed.matchedArgs()) {
      String name = given instanceof OptionSpec option ? option.longestName() : given.paramLabel();
      if (!WITH_RESUME.contains(name)) {
        throw new GanderException(
            "a run that is resumed has its own settings: leave out %s, or begin a new run"
                .formatted(name));
      }
    }
  }
}
