// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.models.data.DataSet;
import gander.models.data.DataSets;
import gander.models.data.ImageForm;
import gander.models.data.ImageSize;
import gander.models.data.Mixture;
import gander.models.data.Range;
import gander.models.data.Split;
import gander.models.io.AtomicFile;
import gander.models.io.SampleGrid;
import gander.models.io.Scatter;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a data set holds. */
@Command(
    name = "data",
    mixinStandardHelpOptions = true,
    description = "Reads a data set, says what is in it, and draws its first images.")
public final class DataCommand implements CliCommand {
  private static final int POINTS = 2500;

  @Parameters(
      index = "0",
      paramLabel = "DIR|strokes|grid25|ring8",
      defaultValue = DataSets.STROKES,
      description =
          "a folder of MNIST's, Fashion-MNIST's or CIFAR-10's files, or of images with a sub-folder a class; strokes (the default); or points of the plane, grid25 or ring8")
  private String source = DataSets.STROKES;

  @Option(
      names = "--split",
      paramLabel = "train|test",
      defaultValue = "train",
      description = "which part (train)")
  private Split split = Split.TRAIN;

  @Option(
      names = "--size",
      paramLabel = "N|HxW",
      description =
          "a square's side, or height and width such as 48x64 (the images' own; where they differ, the shortest side of all)")
  private @Nullable String size;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "write a sheet of the first 100 images, or 2500 points, as PNG")
  private @Nullable Path out;

  @Override
  public Integer call() {
    var form =
        new ImageForm(Range.UNIT, size == null ? null : ImageSize.parse("--size", size), null);
    DataSet data = DataSets.open(source, split, form, new Output()::read);
    Mixture mixture = Mixture.of(source);
    System.out.printf(
        "%s: %d %s%n",
        data.name(),
        data.count(),
        mixture == null ? "images of " + data.shape() : "points of the plane");
    if (data.labelled()) {
      var counts = new int[data.classes()];
      Arrays.stream(data.labels()).forEach(label -> counts[label]++);
      int width = data.classNames().stream().mapToInt(String::length).max().orElse(1);
      String line = "  %3d %-" + width + "s %d%n";
      for (int label = 0; label < counts.length; label++) {
        String name = label < data.classNames().size() ? data.classNames().get(label) : "";
        System.out.printf(line, label, name, counts[label]);
      }
    }
    if (out != null && mixture != null) {
      float[] points = Arrays.copyOf(data.images(), 2 * POINTS);
      AtomicFile.writeBytes(out, new Scatter(mixture, new float[0]).png(points));
      System.out.println(out);
    } else if (out != null) {
      int count = Math.min(100, data.count());
      SampleGrid grid = SampleGrid.of(count, data.shape());
      float[] images = Arrays.copyOf(data.images(), count * data.shape().elems());
      AtomicFile.writeBytes(out, grid.png(images, data.shape(), Range.UNIT));
      System.out.println(out);
    }
    return 0;
  }
}
