// SPDX-License-Identifier: Apache-2.0
package gander.models.train;

import gander.graph.Backend;
import gander.graph.Graph;
import gander.graph.Program;
import gander.graph.op.Ops;
import gander.models.data.DataSet;
import gander.models.data.ImageShape;
import gander.models.data.Mixture;
import gander.models.data.ModeCount;
import gander.models.io.AtomicFile;
import gander.models.io.SampleGrid;
import gander.models.io.Scatter;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.zoo.Batch;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Draws a sheet of a model's images from the same latents, or of the same data, every time; of
 * points a scatter plot.
 */
public final class Sampler implements AutoCloseable {
  private static final int IMAGES = 64;

  /** As many as the papers count modes of. */
  private static final int POINTS = 2500;

  private static final String DATA = "data";
  private static final String LABELS = "data_labels";

  private final Model model;
  private final ImageShape shape;
  private final Program program;
  private final int count;
  private final @Nullable Mixture mixture;
  private final float[] data;

  /**
   * @param count images on the sheet
   * @param data where the first images come from, for models that reconstruct
   * @param mixture that points are drawn over; null for images
   */
  Sampler(
      Model model, Backend backend, DataSet data, @Nullable Mixture mixture, int count, long seed) {
    this.model = model;
    this.mixture = mixture;
    this.data = mixture == null ? new float[0] : Arrays.copyOf(data.images(), 2 * POINTS);
    this.shape = data.shape();
    Graph graph = graph(model, count, seed);
    this.count = graph.output("images").shape().dim(0);
    this.program = backend.compile(graph);
    if (graph.inputs().containsKey(DATA)) {
      int needed = count * model.image().size();
      var images = new float[needed];
      for (int at = 0; at < needed; at += data.images().length) {
        System.arraycopy(data.images(), 0, images, at, Math.min(data.images().length, needed - at));
      }
      program.write(DATA, images);
    }
    if (graph.inputs().containsKey(LABELS)) {
      var labels = new float[count];
      for (int i = 0; i < count; i++) {
        labels[i] = data.labels()[i % data.count()];
      }
      program.write(LABELS, labels);
    }
  }

  /** What it computes. */
  static Graph graph(Model model, int count, long seed) {
    Batch given = Batch.inputs(DATA, LABELS, model, count);
    // A step of its own: the latents are drawn as for step 0, whatever the run's step is.
    return model.sampler(new StepBuilder(seed, Ops.scalar(0)), count, given);
  }

  /** A sampler of a checkpoint of the model that the config describes. */
  public static Sampler of(
      RunDirectory.Saved from,
      RunConfig config,
      Backend backend,
      DataSet data,
      int count,
      long seed) {
    Model model = Zoo.create(config);
    Checkpoint.read(from.file(), backend, model.variables());
    return new Sampler(model, backend, data, Mixture.of(config.data()), count, seed);
  }

  /** The images of the variables as they are now, {@code [count, ...image]}. */
  float[] images() {
    program.run();
    var images = new float[count * model.image().size()];
    program.read("images", images);
    return images;
  }

  /** How many samples a sheet of a run has, unless its config says otherwise. */
  public static int usual(RunConfig config) {
    return Zoo.isPoints(config) ? POINTS : IMAGES;
  }

  /** The modes that the variables as they are now find; null for images. */
  public @Nullable ModeCount count() {
    return mixture == null ? null : ModeCount.of(mixture, images());
  }

  /** Writes the sheet as PNG. */
  public void write(Path file) {
    AtomicFile.writeBytes(file, sheet(images()));
  }

  /** Writes the sheet of a run's step; of points also the numbers, a point a line. */
  void write(RunDirectory run, long step) {
    float[] images = images();
    AtomicFile.writeBytes(run.sampleFile(step), sheet(images));
    if (mixture != null) {
      var text = new StringBuilder();
      for (int i = 0; i < images.length; i += 2) {
        text.append(images[i]).append(',').append(images[i + 1]).append('\n');
      }
      AtomicFile.writeText(run.pointsFile(step), text.toString());
    }
  }

  private byte[] sheet(float[] images) {
    return mixture == null
        ? SampleGrid.of(count, shape).png(images, shape, model.range())
        : new Scatter(mixture, data).png(images);
  }

  @Override
  public void close() {
    program.close();
  }
}
