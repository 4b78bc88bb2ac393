// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.Backend;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.train.RunData;
import gander.models.train.Sampler;
import gander.runtime.GanderException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws images with a trained model. */
@Command(
    name = "sample",
    mixinStandardHelpOptions = true,
    description =
        "Draws a sheet of images with a checkpoint of a run, the latest if none is named.")
public final class SampleCommand implements CliCommand {
  @Parameters(index = "0", paramLabel = "RUN", description = "a run directory")
  private Path root = Path.of("");

  @Mixin private DeviceOptions device = new DeviceOptions();

  @Option(names = "--count", paramLabel = "N", defaultValue = "64", description = "images (64)")
  private int count;

  @Option(names = "--seed", paramLabel = "S", description = "of the latents (the run's own)")
  private @Nullable Long seed;

  @Option(names = "--step", paramLabel = "N", description = "of the checkpoint (the latest)")
  private @Nullable Long step;

  @Option(
      names = "--raw",
      description = "the weights as they are, of a run that averages them ('ema')")
  private boolean raw;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "samples.png",
      description = "a new PNG (samples.png)")
  private Path out = Path.of("");

  @Override
  public Integer call() {
    if (count < 1 || count > 10_000) {
      throw new GanderException("--count is %d; it must be 1 to 10000".formatted(count));
    }
    if (Files.exists(out)) {
      throw new GanderException("%s is there already: name another file with --out".formatted(out));
    }
    RunDirectory run = RunDirectory.open(root);
    RunDirectory.Saved from = run.checkpoint(step);
    RunConfig config = raw ? run.config().with("ema", "null") : run.config();
    try (Backend backend = device.openFor(config);
        Sampler sampler =
            Sampler.of(
                from,
                config,
                backend,
                RunData.open(config, new Output()::read),
                count,
                seed == null ? config.seed() : seed)) {
      sampler.write(out);
    }
    System.out.println(out);
    return 0;
  }
}
