// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.Backend;
import gander.models.data.DataSet;
import gander.models.data.ImageShape;
import gander.models.data.ImageSize;
import gander.models.data.Split;
import gander.models.io.AtomicFile;
import gander.models.io.SampleGrid;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.train.RunData;
import gander.models.train.Trained;
import gander.models.zoo.Zoo;
import gander.runtime.GanderException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A run's checkpoint: the same words in every command that uses a trained model. */
public final class TrainedOptions {
  @Parameters(index = "0", paramLabel = "RUN", description = "a run directory")
  private Path root = Path.of("");

  @Mixin private ProgramOptions device = new ProgramOptions();

  @Option(names = "--step", paramLabel = "N", description = "of the checkpoint (the latest)")
  private @Nullable Long step;

  @Option(
      names = "--raw",
      description = "the weights as they are, of a run that averages them ('ema')")
  private boolean raw;

  @Option(names = "--seed", paramLabel = "S", description = "of the latents (the run's own)")
  private @Nullable Long seed;

  private @Nullable RunConfig config;

  /** The run's config, without the average of weights if they are to be as they are. */
  public RunConfig config() {
    if (config == null) {
      RunConfig own = RunDirectory.open(root).config();
      config = raw ? own.withoutAverage() : own;
    }
    return config;
  }

  public RunDirectory.Saved checkpoint() {
    return RunDirectory.open(root).checkpoint(step);
  }

  public Backend openDevice() {
    return device.openFor(config());
  }

  public long seed() {
    return seed == null ? config().seed() : seed;
  }

  /**
   * Opens the model and does something with its images.
   *
   * @throws GanderException if the run is on points
   */
  public int use(ToIntFunction<Trained> work) {
    requireImages(root, config());
    RunDirectory.Saved from = checkpoint();
    try (Backend backend = openDevice();
        Trained trained = Trained.open(from, config(), backend)) {
      return work.applyAsInt(trained);
    }
  }

  /** The pictures of the run's data that it was not trained on, in the model's form. */
  public DataSet testData() {
    return RunData.open(config(), Split.TEST, Zoo.range(config()), new Output()::read);
  }

  /** The shape of the model's pictures. */
  public ImageShape shape() {
    RunConfig config = config();
    ImageSize size = Zoo.size(config);
    return new ImageShape(size.height(), size.width(), Zoo.channels(config));
  }

  /**
   * Refuses a run on points.
   *
   * @throws GanderException if it is one
   */
  static void requireImages(Path run, RunConfig config) {
    if (Zoo.isPoints(config)) {
      throw new GanderException(
          "run %s makes points of the plane, and this is for images: 'gander sample' draws its points and counts the modes"
              .formatted(run));
    }
  }

  /**
   * Refuses a name that is taken.
   *
   * @throws GanderException if there is something at that place
   */
  public static void requireFree(Path out) {
    if (Files.exists(out)) {
      throw new GanderException("%s is there already: name another with --out".formatted(out));
    }
  }

  /**
   * A number of things that must be in a range.
   *
   * @throws GanderException if it is not
   */
  public static void requireWithin(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new GanderException(
          "%s is %d; it must be %d to %d".formatted(option, value, least, most));
    }
  }

  /** Writes a sheet of rows of pictures {@code [rows, columns, ...image]} and says where it is. */
  public void write(Path out, float[] pictures, int rows, int columns) {
    ImageShape shape = shape();
    int scale = SampleGrid.of(1, shape).scale();
    byte[] png = new SampleGrid(rows, columns, scale).png(pictures, shape, Zoo.range(config()));
    AtomicFile.writeBytes(out, png);
    System.out.println(out);
  }
}
