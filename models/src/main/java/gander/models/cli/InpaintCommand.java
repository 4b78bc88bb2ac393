// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.models.data.ImageShape;
import gander.models.train.Inpainting;
import gander.runtime.GanderException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Fills in a hidden part of pictures. */
@Command(
    name = "inpaint",
    mixinStandardHelpOptions = true,
    description =
        "Hides a part of pictures and fills it in by the latent vectors that make the rest: a row for each picture: as it is seen, filled in, as it was.")
public final class InpaintCommand implements CliCommand {
  @Mixin private TrainedOptions trained = new TrainedOptions();

  @Option(
      names = "--images",
      paramLabel = "I,I",
      split = ",",
      description = "pictures of the data's test part, by index from 0 (the first eight)")
  private List<Integer> images = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5, 6, 7));

  @Option(
      names = "--hide",
      paramLabel = "PART",
      defaultValue = "center",
      description =
          "${COMPLETION-CANDIDATES}: the square of half the size in the middle, or a half (center)")
  private Part hidden = Part.center;

  @Option(
      names = "--iterations",
      paramLabel = "N",
      defaultValue = "300",
      description = "of the search (300)")
  private int iterations;

  @Option(
      names = "--starts",
      paramLabel = "N",
      defaultValue = "4",
      description = "draws to begin with, of which the best is kept (4)")
  private int starts;

  @Option(
      names = "--prior",
      paramLabel = "W",
      defaultValue = "0.01",
      description = "weight of a latent vector's squared length beside the squared error (0.01)")
  private double prior;

  /** What is hidden of a picture. */
  enum Part {
    center,
    left,
    right,
    top,
    bottom;

    boolean hides(int y, int x, ImageShape shape) {
      int height = shape.height();
      int width = shape.width();
      return switch (this) {
        case center -> 4 * y >= height && 4 * y < 3 * height && 4 * x >= width && 4 * x < 3 * width;
        case left -> 2 * x < width;
        case right -> 2 * x >= width;
        case top -> 2 * y < height;
        case bottom -> 2 * y >= height;
      };
    }
  }

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "inpaint.png",
      description = "a new PNG (inpaint.png)")
  private Path out = Path.of("");

  @Override
  public Integer call() {
    TrainedOptions.requireWithin("--iterations", iterations, 1, 100_000);
    TrainedOptions.requireWithin("--starts", starts, 1, 100);
    if (!(prior >= 0)) {
      throw new GanderException("--prior is %s; it must be 0 or more".formatted(prior));
    }
    TrainedOptions.requireFree(out);
    return trained.use(model -> {
      Pictures pictures = Pictures.of(trained.testData(), images);
      ImageShape shape = trained.shape();
      var mask = new float[shape.elems()];
      for (int i = 0; i < mask.length; i++) {
        int pixel = i / shape.channels();
        mask[i] = hidden.hides(pixel / shape.width(), pixel % shape.width(), shape) ? 0 : 1;
      }
      float[] filled =
          Inpainting.fill(
              model,
              pictures.images(),
              pictures.labels(),
              mask,
              new Inpainting.Search(iterations, starts, prior),
              trained.seed());
      var sheet = new ArrayList<float[]>();
      for (int i = 0; i < images.size(); i++) {
        float[] whole = pictures.image(i);
        float[] seen = whole.clone();
        for (int at = 0; at < mask.length; at++) {
          seen[at] = mask[at] == 0 ? 0 : seen[at];
        }
        sheet.addAll(List.of(seen, Pictures.part(filled, i, mask.length), whole));
      }
      trained.write(out, Pictures.joined(sheet), images.size(), 3);
      return 0;
    });
  }
}
