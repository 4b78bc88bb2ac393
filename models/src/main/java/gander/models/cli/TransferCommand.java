// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.models.zoo.Model;
import gander.runtime.GanderException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Gives the code of a picture other classes. */
@Command(
    name = "transfer",
    mixinStandardHelpOptions = true,
    description =
        "Encodes pictures and decodes their codes with every class: a row for each picture, itself first.")
public final class TransferCommand implements CliCommand {
  @Mixin private TrainedOptions trained = new TrainedOptions();

  @Option(
      names = "--images",
      paramLabel = "I,I",
      split = ",",
      description = "pictures of the data's test part, by index from 0 (the first eight)")
  private List<Integer> images = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5, 6, 7));

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "transfer.png",
      description = "a new PNG (transfer.png)")
  private Path out = Path.of("");

  @Override
  public Integer call() {
    TrainedOptions.requireFree(out);
    return trained.use(opened -> {
      Model model = opened.model();
      opened.requireEncoder();
      int classes = model.classes();
      if (classes == 0) {
        throw new GanderException(
            "this run's model is not given classes, so there is none to change: take a run of cvae or cvae-gan");
      }
      Pictures pictures = Pictures.of(trained.testData(), images);
      float[] codes = opened.encode(pictures.images(), pictures.labels());
      var vectors = new ArrayList<float[]>();
      var labels = new int[images.size() * classes];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = i % classes;
        vectors.add(Pictures.part(codes, i / classes, model.zdim()));
      }
      float[] made = opened.generate(Pictures.joined(vectors), labels);
      int pixels = made.length / labels.length;
      var rows = new ArrayList<float[]>();
      for (int i = 0; i < images.size(); i++) {
        rows.add(pictures.image(i));
        rows.add(Pictures.part(made, i, classes * pixels));
      }
      trained.write(out, Pictures.joined(rows), images.size(), 1 + classes);
      return 0;
    });
  }
}
