// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.Backend;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.train.RunData;
import gander.models.train.Trainer;
import gander.models.zoo.Zoo;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Goes on with a run from its latest checkpoint. */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description =
        "Goes on with a run from its latest checkpoint; on the same device the result has the bits it would have had without the stop.")
public final class ResumeCommand implements CliCommand {
  @Parameters(index = "0", paramLabel = "RUN", description = "a run directory")
  private Path root = Path.of("");

  @Mixin private ProgramOptions device = new ProgramOptions();

  @Override
  public Integer call() {
    goOn(root, device);
    return 0;
  }

  /** Trains a run to its end. */
  static void goOn(Path root, DeviceOptions device) {
    RunDirectory run = RunDirectory.open(root);
    RunConfig config = run.config();
    try (Backend backend = device.openFor(config);
        var trainer =
            new Trainer(
                run, Zoo.create(config), backend, RunData.open(config, new Output()::read))) {
      System.err.printf("going on from step %d of %d%n", trainer.step(), config.steps());
      trainer.train();
    }
    System.out.println(run.root());
  }
}
