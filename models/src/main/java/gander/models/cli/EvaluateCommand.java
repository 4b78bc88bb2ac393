// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.graph.Backend;
import gander.models.data.DataSet;
import gander.models.data.Range;
import gander.models.data.Split;
import gander.models.metric.Evaluation;
import gander.models.metric.Judge;
import gander.models.run.RunConfig;
import gander.models.run.RunDirectory;
import gander.models.train.RunData;
import gander.models.zoo.Zoo;
import gander.runtime.GanderException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures how good the pictures of trained models are. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description =
        "Measures runs of one data set: how far pictures are from what comes back of their codes, how many drawn of a class are taken for it by a classifier of real ones, and how sharp they are. Runs that differ only in their seed are summed up.")
public final class EvaluateCommand implements CliCommand {
  /** What stands in place of a number that a model has not. */
  private static final String NONE = "-";

  @Parameters(
      arity = "1..*",
      paramLabel = "RUN",
      description = "run directories, or folders of them")
  private List<Path> folders = new ArrayList<>();

  @Mixin private ProgramOptions device = new ProgramOptions();

  @Mixin private Output output = new Output();

  @Option(
      names = "--judge",
      paramLabel = "FILE",
      defaultValue = "judge.safetensors",
      description =
          "the classifier, for models that are given classes; trained if it is not there (judge.safetensors)")
  private Path judgeFile = Path.of("");

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "10000",
      description = "pictures drawn, and at most as many test pictures given back (10000)")
  private int count;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "of the latents (1)")
  private long seed;

  @Option(
      names = "--raw",
      description = "the weights as they are, of runs that average them ('ema')")
  private boolean raw;

  /** A run with its numbers. */
  private record Row(RunDirectory run, RunConfig config, long step, Map<String, Double> numbers) {
    /** All of the config that says how it was trained, but the seed. */
    String kind() {
      return config.with("seed", "0").toJson();
    }
  }

  @Override
  public Integer call() {
    TrainedOptions.requireWithin("--count", count, 1, 1_000_000);
    var runs = new ArrayList<RunDirectory>();
    folders.forEach(folder -> runs.addAll(RunDirectory.within(folder)));
    List<RunConfig> configs = runs.stream().map(this::config).toList();
    for (int i = 0; i < runs.size(); i++) {
      TrainedOptions.requireImages(runs.get(i).root(), configs.get(i));
    }
    requireSamePictures(runs, configs);
    List<RunDirectory.Saved> checkpoints = runs.stream().map(run -> run.checkpoint(null)).toList();
    RunConfig first = configs.getFirst();
    DataSet test = pictures(first, Split.TEST);
    boolean judged = configs.stream().anyMatch(config -> Zoo.isConditional(config.model()));
    Judge judge = judged ? judge(first, test) : null;
    var rows = new ArrayList<Row>();
    for (int i = 0; i < runs.size(); i++) {
      output.progress("evaluating " + runs.get(i).root());
      // A device for each run: what the last one kept there is gone.
      try (Backend backend = device.open()) {
        Evaluation evaluation =
            Evaluation.of(checkpoints.get(i), configs.get(i), backend, test, judge, count, seed);
        rows.add(
            new Row(runs.get(i), configs.get(i), checkpoints.get(i).step(), evaluation.numbers()));
      }
    }
    double sharpness = Evaluation.sharpness(test, count);
    if (output.json()) {
      json(rows, judge, sharpness);
    } else {
      print(rows, judge, sharpness);
    }
    return 0;
  }

  private RunConfig config(RunDirectory run) {
    return raw ? run.config().withoutAverage() : run.config();
  }

  private static void requireSamePictures(List<RunDirectory> runs, List<RunConfig> configs) {
    String first = pictures(configs.getFirst());
    for (int i = 1; i < runs.size(); i++) {
      String other = pictures(configs.get(i));
      if (!other.equals(first)) {
        throw new GanderException(
            "%s is of %s and %s of %s: evaluate runs of the same pictures together"
                .formatted(runs.getFirst().root(), first, runs.get(i).root(), other));
      }
    }
  }

  private static String pictures(RunConfig config) {
    return "%s at %s with %d channels"
        .formatted(config.data(), Zoo.size(config), Zoo.channels(config));
  }

  private DataSet pictures(RunConfig config, Split split) {
    return RunData.open(config, split, Range.UNIT, output::read);
  }

  private Judge judge(RunConfig config, DataSet test) {
    if (Files.exists(judgeFile)) {
      return Judge.read(judgeFile, test);
    }
    DataSet train = pictures(config, Split.TRAIN);
    output.note(
        "%s is not there: training a classifier of '%s' first".formatted(judgeFile, test.name()));
    try (Backend backend = device.open()) {
      Judge judge = Judge.train(train, test, backend);
      judge.write(judgeFile);
      return judge;
    }
  }

  private void print(List<Row> rows, @Nullable Judge judge, double sharpness) {
    var table = new Table("run", "model", ">step", ">reconstruction", ">accuracy", ">sharpness");
    for (Row row : rows) {
      Map<String, Double> numbers = row.numbers;
      table.row(
          row.run.root(),
          name(row.config),
          row.step,
          text("%.5f", numbers.get("reconstruction")),
          text("%.4f", numbers.get("accuracy")),
          text("%.0f", numbers.get("sharpness")));
    }
    for (List<Row> group : groups(rows)) {
      table.row(
          "mean of " + group.size(),
          name(group.getFirst().config),
          group.getFirst().step,
          spread("%.5f", group, "reconstruction"),
          spread("%.4f", group, "accuracy"),
          spread("%.0f", group, "sharpness"));
    }
    table.row(
        "test pictures",
        "",
        "",
        "",
        text("%.4f", judge == null ? null : judge.accuracy()),
        text("%.0f", sharpness));
    table.print(output);
    if (judge != null) {
      output.note("accuracy is that of judge %s, %s".formatted(judge.id(), judgeFile));
    }
  }

  private void json(List<Row> rows, @Nullable Judge judge, double sharpness) {
    for (Row row : rows) {
      var line = new LinkedHashMap<String, Object>();
      line.put("run", row.run.root().toString());
      line.put("model", name(row.config));
      line.put("seed", row.config.seed());
      line.put("step", row.step);
      line.putAll(row.numbers);
      output.json(line);
    }
    var real = new LinkedHashMap<String, Object>();
    real.put("run", "test pictures");
    real.put("data", rows.getFirst().config.data());
    if (judge != null) {
      real.put("judge", judge.id());
      real.put("accuracy", judge.accuracy());
    }
    real.put("sharpness", sharpness);
    real.put("count", count);
    output.json(real);
  }

  /** A model's name with what makes it another one. */
  private static String name(RunConfig config) {
    String loss = config.loss() == null ? "" : " " + config.loss();
    String without = config.without() == null ? "" : " without " + config.without();
    return config.model() + loss + without;
  }

  /** Runs that differ in their seeds alone, several of a kind. */
  private static List<List<Row>> groups(List<Row> rows) {
    var kinds = new LinkedHashMap<String, List<Row>>();
    rows.forEach(
        row -> kinds.computeIfAbsent(row.kind() + row.step, key -> new ArrayList<>()).add(row));
    return kinds.values().stream().filter(group -> group.size() > 1).toList();
  }

  private static String text(String format, @Nullable Double value) {
    return value == null ? NONE : String.format(Locale.ROOT, format, value);
  }

  /** Mean and standard deviation, that of a sample. */
  private static String spread(String format, List<Row> group, String number) {
    if (!group.getFirst().numbers.containsKey(number)) {
      return NONE;
    }
    double[] values = group.stream().mapToDouble(row -> row.numbers.get(number)).toArray();
    double mean = 0;
    for (double value : values) {
      mean += value / values.length;
    }
    double squares = 0;
    for (double value : values) {
      squares += Math.pow(value - mean, 2);
    }
    double deviation = Math.sqrt(squares / (values.length - 1));
    return text(format, mean) + " ± " + text(format, deviation);
  }
}
