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
import gander.models.train.Trained;
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
      paramLabel = "K|all",
      description =
          "from 0, of a model that is given classes: only images of it, from the prior; all: one draw a row, with every class")
  private @Nullable String label;

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
    if (label == null) {
      return sheet(count);
    }
    return label.equals("all") ? ofEveryClass(count) : ofClass(label, count);
  }

  /** A row a draw, a column a class; the last row is whole. */
  private int ofEveryClass(int count) {
    return trained.use(model -> {
      int classes = requireClasses(model);
      int rows = Math.ceilDiv(count, classes);
      int zdim = model.model().zdim();
      float[] latents = model.prior(rows, trained.seed());
      var repeated = new float[rows * classes * zdim];
      var labels = new int[rows * classes];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = i % classes;
        System.arraycopy(latents, i / classes * zdim, repeated, i * zdim, zdim);
      }
      trained.write(out, model.generate(repeated, labels), rows, classes);
      return 0;
    });
  }

  private static int requireClasses(Trained model) {
    int classes = model.model().classes();
    if (classes == 0) {
      throw new GanderException(
          "this run's model is not given classes: leave out --class, or take a run of cgan, cvae or cvae-gan");
    }
    return classes;
  }

  private int ofClass(String label, int count) {
    return trained.use(model -> {
      int classes = requireClasses(model);
      int wanted = classOf(label);
      TrainedOptions.requireWithin("--class", wanted, 0, classes - 1);
      var labels = new int[count];
      Arrays.fill(labels, wanted);
      float[] images = model.generate(model.prior(count, trained.seed()), labels);
      SampleGrid grid = SampleGrid.of(count, trained.shape());
      trained.write(out, images, grid.rows(), grid.columns());
      return 0;
    });
  }

  private static int classOf(String label) {
    try {
      return Integer.parseInt(label);
    } catch (NumberFormatException e) {
      throw new GanderException(
          "--class is '%s'; it must be a number from 0 on, or all".formatted(label), e);
    }
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
