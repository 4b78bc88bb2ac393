// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.models.data.DataSet;
import gander.models.data.DataSets;
import gander.models.data.Range;
import gander.models.data.Split;
import gander.models.io.AtomicFile;
import gander.models.io.SampleGrid;
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
  @Parameters(
      index = "0",
      paramLabel = "DIR|strokes",
      defaultValue = DataSets.STROKES,
      description = "a folder of MNIST's or Fashion-MNIST's files, or strokes (the default)")
  private String source = DataSets.STROKES;

  @Option(
      names = "--split",
      paramLabel = "train|test",
      defaultValue = "train",
      description = "which part (train)")
  private Split split = Split.TRAIN;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "write a sheet of the first 100 images as PNG")
  private @Nullable Path out;

  @Override
  public Integer call() {
    DataSet data = DataSets.open(source, split, Range.UNIT);
    System.out.printf("%s: %d images of %s%n", data.name(), data.count(), data.shape());
    if (data.labelled()) {
      var counts = new int[data.classes()];
      Arrays.stream(data.labels()).forEach(label -> counts[label]++);
      for (int label = 0; label < counts.length; label++) {
        String name = label < data.classNames().size() ? data.classNames().get(label) : "";
        System.out.printf("  %3d %-12s %d%n", label, name, counts[label]);
      }
    }
    if (out != null) {
      int count = Math.min(100, data.count());
      SampleGrid grid = SampleGrid.of(count, data.shape());
      float[] images = Arrays.copyOf(data.images(), count * data.shape().elems());
      AtomicFile.writeBytes(out, grid.png(images, data.shape(), Range.UNIT));
      System.out.println(out);
    }
    return 0;
  }
}
