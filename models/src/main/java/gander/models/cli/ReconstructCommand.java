// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what comes back of pictures. */
@Command(
    name = "reconstruct",
    mixinStandardHelpOptions = true,
    description =
        "Encodes pictures that a run was not trained on and decodes them again: rows of eight, each above what comes back, and the mean squared error.")
public final class ReconstructCommand implements CliCommand {
  @Mixin private TrainedOptions trained = new TrainedOptions();

  @Option(names = "--count", paramLabel = "N", defaultValue = "32", description = "pictures (32)")
  private int count;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "reconstruct.png",
      description = "a new PNG (reconstruct.png)")
  private Path out = Path.of("");

  @Override
  public Integer call() {
    TrainedOptions.requireWithin("--count", count, 1, 10_000);
    TrainedOptions.requireFree(out);
    return trained.use(model -> {
      model.requireEncoder();
      Pictures pictures =
          Pictures.of(trained.testData(), IntStream.range(0, count).boxed().toList());
      float[] codes = model.encode(pictures.images(), pictures.labels());
      float[] back = model.generate(codes, pictures.labels());
      double sum = 0;
      for (int i = 0; i < back.length; i++) {
        sum += Math.pow(back[i] - pictures.images()[i], 2);
      }
      int pixels = back.length / count;
      int columns = Math.min(count, 8);
      var rows = new ArrayList<float[]>();
      for (int first = 0; first < count; first += columns) {
        for (float[] all : List.of(pictures.images(), back)) {
          var row = new float[columns * pixels];
          int taken = Math.min(columns, count - first);
          System.arraycopy(all, first * pixels, row, 0, taken * pixels);
          rows.add(row);
        }
      }
      System.out.printf(Locale.ROOT, "mean squared error %.6g%n", sum / back.length);
      trained.write(out, Pictures.joined(rows), rows.size(), columns);
      return 0;
    });
  }
}
