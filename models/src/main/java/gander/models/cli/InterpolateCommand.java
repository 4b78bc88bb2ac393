// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.models.train.Paths;
import gander.models.train.Trained;
import gander.runtime.GanderException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the way from one latent vector to another. */
@Command(
    name = "interpolate",
    mixinStandardHelpOptions = true,
    description =
        "Shows the pictures on the way from one latent vector to another, a row for each pair: between the codes of pictures where they are named, else between draws from the prior.")
public final class InterpolateCommand implements CliCommand {
  @Mixin private TrainedOptions trained = new TrainedOptions();

  @Option(
      names = "--images",
      paramLabel = "I,J",
      split = ",",
      description =
          "pictures of the data's test part, by index from 0: from the first to the second, the third to the fourth and so on; a row keeps the class it begins with")
  private List<Integer> images = new ArrayList<>();

  @Option(names = "--rows", paramLabel = "N", defaultValue = "8", description = "of draws (8)")
  private int rows;

  @Option(
      names = "--columns",
      paramLabel = "N",
      defaultValue = "10",
      description = "pictures in a row, both ends among them (10)")
  private int columns;

  @Option(
      names = "--linear",
      description = "along straight lines; without it along great circles, as long as their ends")
  private boolean linear;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "interpolate.png",
      description = "a new PNG (interpolate.png)")
  private Path out = Path.of("");

  @Override
  public Integer call() {
    TrainedOptions.requireWithin("--rows", rows, 1, 100);
    TrainedOptions.requireWithin("--columns", columns, 2, 100);
    TrainedOptions.requireFree(out);
    if (images.size() % 2 != 0) {
      throw new GanderException(
          "--images names %d pictures, and a row goes from one to another: name two for each row"
              .formatted(images.size()));
    }
    return trained.use(model -> {
      int pairs = images.isEmpty() ? rows : images.size() / 2;
      int[] labels = new int[2 * pairs];
      float[] ends;
      if (images.isEmpty()) {
        ends = model.prior(2 * pairs, trained.seed());
        for (int i = 0; i < labels.length && model.model().classes() > 0; i++) {
          labels[i] = i / 2 % model.model().classes();
        }
      } else {
        model.requireEncoder();
        Pictures pictures = Pictures.of(trained.testData(), images);
        labels = pictures.labels();
        ends = model.encode(pictures.images(), labels);
      }
      trained.write(out, row(model, ends, labels), pairs, columns);
      return 0;
    });
  }

  private float[] row(Trained model, float[] ends, int[] labels) {
    var points = new ArrayList<float[]>();
    var classes = new int[labels.length / 2 * columns];
    for (int pair = 0; pair < labels.length / 2; pair++) {
      float[] from = Pictures.part(ends, 2 * pair, model.model().zdim());
      float[] to = Pictures.part(ends, 2 * pair + 1, model.model().zdim());
      for (int column = 0; column < columns; column++) {
        double t = column / (columns - 1.0);
        classes[points.size()] = labels[2 * pair];
        points.add(linear ? Paths.linear(from, to, t) : Paths.spherical(from, to, t));
      }
    }
    return model.generate(Pictures.joined(points), classes);
  }
}
