// SPDX-License-Identifier: Apache-2.0
package gander.models.cli;

import gander.runtime.tune.Tuner;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/** What {@code tune} prints: the winner of each problem, and how far the untuned choices are. */
final class TuneReport {
  /** What an untuned choice may take at most, times the tuned one. */
  private static final double AIM = 1.3;

  /** A problem and how many times as long the untuned choice takes. */
  private record Ratio(String problem, double times) {}

  private final Output output;
  private final Table table =
      new Table("problem", "untuned", ">us", "tuned", ">us", ">untuned/tuned", ">tried");
  private final List<Ratio> ratios = new ArrayList<>();

  TuneReport(Output output) {
    this.output = output;
  }

  void add(Tuner.Result result) {
    Tuner.Timed best = result.best();
    Tuner.Timed untuned = result.untuned();
    Double times = result.untunedTimesTuned();
    String problem = result.workload().toString();
    if (times != null) {
      ratios.add(new Ratio(problem, times));
    }
    if (output.json()) {
      var line = new LinkedHashMap<String, Object>();
      line.put("what", "problem");
      line.put("op", result.workload().problem().op());
      line.put("problem", result.workload().title());
      line.put("fused", result.workload().problem().fused());
      line.put("kernel", best == null ? null : best.variant().kernel().path());
      line.put("setting", best == null ? null : best.variant().setting());
      line.put("micros", best == null ? null : best.micros());
      line.put("untunedKernel", untuned == null ? null : untuned.variant().kernel().path());
      line.put("untunedSetting", untuned == null ? null : untuned.variant().setting());
      line.put("untunedMicros", untuned == null ? null : untuned.micros());
      line.put("untunedTimesTuned", times);
      line.put("tried", result.tried());
      line.put("variants", result.all());
      output.json(line);
      return;
    }
    table.row(
        problem,
        untuned == null ? "-" : untuned.variant(),
        untuned == null ? "-" : format(untuned.micros()),
        best == null ? "none is right" : best.variant(),
        best == null ? "-" : format(best.micros()),
        times == null ? "-" : String.format(Locale.ROOT, "%.2f", times),
        result.tried() + "/" + result.all());
    output.note(
        best == null
            ? "%s: none of %d variants is right".formatted(problem, result.tried())
            : "%s: %s".formatted(problem, best.variant()));
  }

  /** The table, and the ratios in the middle and at worst. */
  void end() {
    if (!output.json()) {
      table.print(output);
    }
    if (ratios.isEmpty()) {
      return;
    }
    ratios.sort(Comparator.comparingDouble(Ratio::times));
    int middle = ratios.size() / 2;
    double median =
        ratios.size() % 2 == 1
            ? ratios.get(middle).times()
            : (ratios.get(middle - 1).times() + ratios.get(middle).times()) / 2;
    Ratio worst = ratios.getLast();
    long within = ratios.stream().filter(ratio -> ratio.times() <= AIM).count();
    if (output.json()) {
      var line = new LinkedHashMap<String, Object>();
      line.put("what", "summary");
      line.put("problems", ratios.size());
      line.put("medianUntunedTimesTuned", median);
      line.put("worstUntunedTimesTuned", worst.times());
      line.put("worst", worst.problem());
      line.put("within", AIM);
      line.put("problemsWithin", within);
      output.json(line);
      return;
    }
    output.line(
        String.format(
            Locale.ROOT,
            "untuned takes %.2f times as long as tuned in the median, at worst %.2f times (%s); %d of %d problems are within %.1f",
            median,
            worst.times(),
            worst.problem(),
            within,
            ratios.size(),
            AIM));
  }

  private static String format(double micros) {
    return String.format(Locale.ROOT, "%.1f", micros);
  }
}
