// SPDX-License-Identifier: Apache-2.0
package gander.tests;

import gander.graph.Graph;
import gander.graph.Program;
import gander.graph.op.Shape;
import gander.models.data.DataSet;
import gander.models.data.ImageSize;
import gander.models.data.Range;
import gander.models.data.Strokes;
import gander.models.net.StepBuilder;
import gander.models.run.RunConfig;
import gander.models.zoo.Model;
import gander.models.zoo.Zoo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Training small enough for a test. All of it has the same sizes, so that what one test compiles
 * serves the others.
 */
final class SmallRuns {
  static final int BATCH = 16;

  /** Pictures in a data set: four steps an epoch, and some are left out. */
  private static final int PICTURES = 70;

  private static final int SIZE = 8;

  /** What models that halve images take at least. */
  private static final int HALVING_SIZE = 16;

  private static final int ZDIM = 8;
  private static final long SEED = 3;

  private SmallRuns() {}

  /** A folder of pictures in the format of MNIST. */
  static Path data(Path folder) throws IOException {
    DataSet strokes = Strokes.make(1, 0, PICTURES, SIZE, Range.UNIT);
    float[] images = strokes.images();
    ByteBuffer file = ByteBuffer.allocate(4 * Integer.BYTES + images.length);
    file.putInt(0x0803).putInt(PICTURES).putInt(SIZE).putInt(SIZE);
    for (float value : images) {
      file.put((byte) Range.UNIT.level(value));
    }
    Files.createDirectories(folder);
    Files.write(folder.resolve("train-images-idx3-ubyte"), file.array());
    ByteBuffer labels = ByteBuffer.allocate(2 * Integer.BYTES + PICTURES);
    labels.putInt(0x0801).putInt(PICTURES);
    for (int label : strokes.labels()) {
      labels.put((byte) label);
    }
    Files.write(folder.resolve("train-labels-idx1-ubyte"), labels.array());
    return folder;
  }

  private static int size(String model) {
    return Zoo.isHalving(model) ? HALVING_SIZE : SIZE;
  }

  /** The settings of every small run. */
  static RunConfig config(String model, String data, String device) {
    RunConfig config =
        RunConfig.of(model, data, device)
            .with("batch", Integer.toString(BATCH))
            .with("size", Integer.toString(size(model)))
            .with("channels", "1")
            .with("zdim", Integer.toString(ZDIM))
            .with("samples", "16")
            .with("seed", Long.toString(SEED));
    return Zoo.isHalving(model) ? config.with("width", "8") : config;
  }

  /** The same settings on the command line: a whole run of some steps. */
  static List<Object> command(String model, Path data, String device, int steps, Path run) {
    var words = new ArrayList<Object>(List.of("train", model, "--data", data));
    words.addAll(List.of("--device", device, "--steps", steps, "--out", run));
    words.addAll(List.of("--batch", BATCH, "--size", size(model), "--zdim", ZDIM, "--seed", SEED));
    words.addAll(List.of("--set", "samples=16", "--log-every", 1));
    if (Zoo.isHalving(model)) {
      words.addAll(List.of("--set", "width=8"));
    }
    return words;
  }

  /** A training step on batches that are all the inputs {@code x} and {@code y}. */
  static Graph step(Model model) {
    return model.step(new StepBuilder(SEED));
  }

  /** A batch for {@link #step}, in the model's range. */
  static float[] batch(Model model) {
    return strokes(model).images();
  }

  /** Writes a batch to the inputs of {@link #step}. */
  static void writeBatch(Program program, Model model) {
    DataSet strokes = strokes(model);
    program.write("x", strokes.images());
    if (model.classes() > 0) {
      program.write("y", Arrays.stream(strokes.labels()).asDoubleStream().toArray());
    }
  }

  private static DataSet strokes(Model model) {
    Shape image = model.image();
    ImageSize size =
        image.rank() == 1
            ? ImageSize.square((int) Math.round(Math.sqrt(image.size())))
            : new ImageSize(image.dim(0), image.dim(1));
    return Strokes.make(1, 0, model.batch(), size, model.range());
  }
}
