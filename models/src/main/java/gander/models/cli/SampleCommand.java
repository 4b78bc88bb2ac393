// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.Backend;
import gander.models.data.Mixture;
import gander.models.data.ModeCount;
import gander.models.io.SampleGrid;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.train.RunData;
import gander.models.train.Sampler;
import gander.runtime.GanderException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Draws images with a trained model. */
@Command(
    name = "sample",
    mixinStandardHelpOptions = true,
    description =
        "Draws a sheet of images with a checkpoint of a run, the latest if none is named: as the run's own sheets, or of one class. Of a run on points it draws these and counts the modes they find.")
public final class SampleCommand implements CliCommand {
  @Mixin private TrainedOptions trained = new TrainedOptions();

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "images (64), or points of the plane (2500)")
  private @Nullable Integer given;

  @Option(
      names = "--class",
      paramLabel = "K",
      description = "from 0, of a model that is given classes: only images of it, from the prior")
  private @Nullable Integer label;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "samples.png",
      description = "a new PNG (samples.png)")
  private Path out = Path.of("");

  @Override
  public Integer call() {
    int count = given == null ? Sampler.usual(trained.config()) : given;
    TrainedOptions.requireWithin("--count", count, 1, 10_000);
    TrainedOptions.requireFree(out);
    return label == null ? sheet(count) : ofClass(label, count);
  }

  private int ofClass(int wanted, int count) {
    return trained.use(model -> {
      int classes = model.model().classes();
      if (classes == 0) {
        throw new GanderException(
            "this run's model is not given classes: leave out --class, or take a run of cgan, cvae or cvae-gan");
      }
      TrainedOptions.requireWithin("--class", wanted, 0, classes - 1);
      var labels = new int[count];
      Arrays.fill(labels, wanted);
      float[] images = model.generate(model.prior(count, trained.seed()), labels);
      SampleGrid grid = SampleGrid.of(count, trained.shape());
      trained.write(out, images, grid.rows(), grid.columns());
      return 0;
    });
  }

  private int sheet(int count) {
    RunDirectory.Saved from = trained.checkpoint();
    RunConfig config = trained.config();
    try (Backend backend = trained.openDevice();
        Sampler sampler =
            Sampler.of(
                from,
                config,
                backend,
                RunData.open(config, new Output()::read),
                count,
                trained.seed())) {
      sampler.write(out);
      Mixture mixture = Mixture.of(config.data());
      ModeCount found = sampler.count();
      if (mixture != null && found != null) {
        System.out.println(found.text(mixture));
      }
    }
    System.out.println(out);
    return 0;
  }
}
