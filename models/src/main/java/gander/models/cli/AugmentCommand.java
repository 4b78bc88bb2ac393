// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.models.data.ImageShape;
import gander.models.io.Png;
import gander.models.train.Trained;
import gander.runtime.GanderException;
import gander.runtime.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a data set of generated pictures. */
@Command(
    name = "augment",
    mixinStandardHelpOptions = true,
    description =
        "Makes a set of generated pictures, a folder of PNGs for each class, which --data takes as it is.")
public final class AugmentCommand implements CliCommand {
  /** Pictures made at a time. */
  private static final int BATCH = 100;

  @Mixin private TrainedOptions trained = new TrainedOptions();

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "1000",
      description = "pictures of each class, or in all of a model without (1000)")
  private int count;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "augmented",
      description = "a new folder (augmented)")
  private Path out = Path.of("");

  @Override
  public Integer call() {
    TrainedOptions.requireWithin("--count", count, 1, 1_000_000);
    TrainedOptions.requireFree(out);
    return trained.use(model -> {
      // Made under another name, so that a folder of that name is whole.
      String name = String.valueOf(out.toAbsolutePath().getFileName());
      Path part =
          out.toAbsolutePath()
              .resolveSibling(".%s.%d.tmp".formatted(name, ProcessHandle.current().pid()));
      int classes = Math.max(model.model().classes(), 1);
      try {
        for (int label = 0; label < classes; label++) {
          Path folder = part.resolve(numbered(label, classes));
          Files.createDirectories(folder);
          write(model, label, folder);
        }
        Files.move(part, out, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        throw new GanderException(
            "cannot write %s: %s; what is done lies in %s".formatted(out, Reason.of(e), part), e);
      }
      System.out.println(out);
      return 0;
    });
  }

  /** A number with as many digits as the largest of that many. */
  private static String numbered(int number, int count) {
    int digits = Integer.toString(count - 1).length();
    return String.format(Locale.ROOT, "%0" + digits + "d", number);
  }

  private void write(Trained model, int label, Path folder) throws IOException {
    ImageShape shape = trained.shape();
    for (int first = 0; first < count; first += BATCH) {
      // A seed for each batch and class, the same whatever the count is.
      long seed = trained.seed() * 1_000_003 + (long) label * 1_000_000 + first;
      var labels = new int[BATCH];
      Arrays.fill(labels, label);
      float[] images = model.generate(model.prior(BATCH, seed), labels);
      for (int i = 0; i < Math.min(BATCH, count - first); i++) {
        byte[] png = Png.encode(images, i, shape, model.model().range());
        Files.write(folder.resolve(numbered(first + i, count) + ".png"), png);
      }
    }
  }
}
