// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.models.data.DataSets;
import gander.models.io.Curve;
import gander.models.run.Metrics;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.run.Session;
import gander.models.zoo.Zoo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Compares runs. */
@Command(
    name = "runs",
    mixinStandardHelpOptions = true,
    description = "Lists runs side by side: what they trained, how far, how well, how fast, when.")
public final class RunsCommand implements CliCommand {
  @Parameters(
      arity = "0..*",
      paramLabel = "DIR",
      description = "run directories, or folders of them (runs)")
  private List<Path> folders = new ArrayList<>();

  @Mixin private Output output = new Output();

  /**
   * A run in short.
   *
   * @param numbers what was reported last
   * @param stepMillis of the latest session, with what was written meanwhile; NaN without any
   * @param began of the latest session
   */
  private record Row(
      Path run,
      String model,
      String data,
      String loss,
      String device,
      long step,
      long steps,
      Map<String, Double> numbers,
      double stepMillis,
      String began) {
    static Row of(RunDirectory run) {
      RunConfig config = run.config();
      List<Curve> curves = Metrics.curves(run);
      var numbers = new LinkedHashMap<String, Double>();
      long step = 0;
      for (Curve curve : curves) {
        int last = curve.values().length - 1;
        step = (long) curve.steps()[last];
        numbers.put(curve.name(), curve.values()[last]);
      }
      List<Session> sessions = Session.of(run);
      Session latest = sessions.isEmpty() ? null : sessions.getLast();
      return new Row(
          run.root(),
          config.model(),
          DataSets.name(config.data()),
          Zoo.loss(config),
          config.device(),
          step,
          config.steps(),
          numbers,
          latest == null ? Double.NaN : latest.stepMillis(),
          latest == null ? "-" : latest.began());
    }
  }

  @Override
  public Integer call() {
    var rows = new ArrayList<Row>();
    for (Path folder : folders.isEmpty() ? List.of(Path.of("runs")) : folders) {
      RunDirectory.within(folder).forEach(run -> rows.add(Row.of(run)));
    }
    if (output.json()) {
      rows.forEach(row -> output.json(json(row)));
      return 0;
    }
    var table =
        new Table(
            "run", "model", "data", "loss", "device", ">steps", ">of", "last", ">ms/step", "began");
    for (Row row : rows) {
      table.row(
          row.run,
          row.model,
          row.data,
          row.loss,
          row.device,
          row.step,
          row.steps,
          numbers(row),
          Double.isNaN(row.stepMillis) ? "-" : String.format(Locale.ROOT, "%.3g", row.stepMillis),
          row.began);
    }
    table.print(output);
    return 0;
  }

  private static String numbers(Row row) {
    var text = new ArrayList<String>();
    row.numbers.forEach(
        (name, value) -> text.add(String.format(Locale.ROOT, "%s %.4g", name, value)));
    return text.isEmpty() ? "-" : String.join(" ", text);
  }

  private static Map<String, Object> json(Row row) {
    var line = new LinkedHashMap<String, Object>();
    line.put("run", row.run.toString());
    line.put("model", row.model);
    line.put("data", row.data);
    line.put("loss", row.loss);
    line.put("device", row.device);
    line.put("step", row.step);
    line.put("steps", row.steps);
    line.put("last", row.numbers);
    line.put("msPerStep", row.stepMillis);
    line.put("began", row.began);
    return line;
  }
}
