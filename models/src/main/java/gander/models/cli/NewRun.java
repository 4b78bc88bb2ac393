// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.models.data.DataSets;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a new run lies and what it learns from: the same words in every command that makes one. */
public final class NewRun {
  @Option(
      names = "--data",
      paramLabel = "DIR|strokes|grid25|ring8",
      description =
          "a folder of MNIST's, Fashion-MNIST's or CIFAR-10's files or of images; strokes, which is drawn (the default); or points of the plane, grid25 or ring8, for gan-mlp and gan-mlp-bn")
  private @Nullable String data;

  @Option(
      names = "--out",
      paramLabel = "RUN",
      description =
          "the run directory, new; by default one in runs/ named after model, data and time")
  private @Nullable Path out;

  /** The data's place, as the command line or the config file says. */
  String data(ModelOptions model) {
    String fromFile = model.fromFile("data");
    return data == null && fromFile != null
        ? fromFile
        : DataSets.place(data == null ? DataSets.STROKES : data);
  }

  /**
   * Says early that {@link #create} will fail.
   *
   * @throws gander.runtime.GanderException if the place that is named is taken
   */
  void requireFree() {
    if (out != null) {
      RunDirectory.requireFree(out);
    }
  }

  RunDirectory create(RunConfig config) {
    return out == null
        ? RunDirectory.create(Path.of("runs"), config, LocalDateTime.now(ZoneId.systemDefault()))
        : RunDirectory.create(out, config);
  }
}
