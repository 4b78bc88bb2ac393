// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.train.Weights;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Hands trained networks to PyTorch. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description =
        "Writes the networks of a checkpoint of a run, the latest if none is named, as safetensors in PyTorch's layouts: 'g.0.weight' and so on, as a torch.nn.Sequential for each network takes them.")
public final class ExportCommand implements CliCommand {
  @Parameters(index = "0", paramLabel = "RUN", description = "a run directory")
  private Path root = Path.of("");

  @Option(names = "--step", paramLabel = "N", description = "of the checkpoint (the latest)")
  private @Nullable Long step;

  @Option(
      names = "--raw",
      description = "the weights as they are, of a run that averages them ('ema')")
  private boolean raw;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "weights.safetensors",
      description = "a new file (weights.safetensors)")
  private Path out = Path.of("");

  @Override
  public Integer call() {
    TrainedOptions.requireFree(out);
    RunDirectory run = RunDirectory.open(root);
    RunConfig own = run.config();
    RunConfig config = raw ? own.withoutAverage() : own;
    Weights.export(run.checkpoint(step), config, out);
    if (config.loss() != null && config.loss().contains("spectral-norm")) {
      System.err.println(
          "d's weights are those that its spectral norm divides: torch.nn.utils.parametrizations.spectral_norm does so there");
    }
    System.out.println(out);
    return 0;
  }
}
